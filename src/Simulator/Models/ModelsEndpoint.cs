using System.Text.Json;
using Darkroom.Simulator.Http;
using Microsoft.AspNetCore.Http;

namespace Darkroom.Simulator.Models;

/// <summary>/v1/models: the models that the service has or had, with the shutdown dates that it published.</summary>
internal static class ModelsEndpoint
{
    private static readonly (string Id, string? Shutdown)[] Known =
    [
        ("dall-e-2", "2026-05-12"), ("gpt-image-1", "2026-10-23"), ("gpt-image-1-mini", "2026-12-01"), ("gpt-image-1.5", "2026-12-01"),
        ("chatgpt-image-latest", "2026-12-01"), ("gpt-image-2", null), ("gpt-image-2.5-flare", null), ("gpt-image-2.5-sunburst", null),
        ("gpt-image-2.6-flare", null), ("gpt-image-2.6-sunburst", null),
    ];

    /// <summary>GET /v1/models.</summary>
    public static Task ListAsync(HttpContext context) => JsonAnswers.WriteAsync(context, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("object", "list");
        writer.WriteStartArray("data");
        foreach (var model in Known)
        {
            Write(writer, model);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <summary>GET /v1/models/{id}.</summary>
    public static Task GetAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        var model = Known.FirstOrDefault(m => m.Id == id);
        return model.Id is null
            ? ErrorWriter.WriteAsync(context, ServiceError.ModelGone(id), retryHeaders: false)
            : JsonAnswers.WriteAsync(context, writer => Write(writer, model));
    }

    private static void Write(Utf8JsonWriter writer, (string Id, string? Shutdown) model)
    {
        writer.WriteStartObject();
        writer.WriteString("id", model.Id);
        writer.WriteString("object", "model");
        writer.WriteString("owned_by", "simulator");
        if (model.Shutdown is { } date)
        {
            writer.WriteString("shutdown_date", date);
        }

        writer.WriteEndObject();
    }
}
