using Darkroom.Simulator.Accounts;
using Darkroom.Simulator.Edits;
using Darkroom.Simulator.Http;
using Darkroom.Simulator.Pictures;
using Microsoft.AspNetCore.Http;

namespace Darkroom.Simulator;

/// <summary>What the simulator serves besides the service's API: its catalogue, its account, images answered by URL, and its health. No key is needed.</summary>
internal sealed class ShopEndpoints(SimulatorAccount account, OutputStore outputs)
{
    /// <summary>GET /catalogue: the names, a line each. GET /catalogue/{name}: a file.</summary>
    public static Task GetCatalogueAsync(HttpContext context) => context.Request.RouteValues["name"] is string name
        ? WriteFileAsync(context, name, ShopCatalogue.Find(name))
        : context.Response.WriteAsync(string.Join('\n', ShopCatalogue.Names) + "\n", context.RequestAborted);

    /// <summary>GET /health.</summary>
    public static Task GetHealthAsync(HttpContext context) => JsonAnswers.WriteAsync(context, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("status", "ok");
        writer.WriteEndObject();
    });

    /// <summary>GET /simulator/account.</summary>
    public async Task GetAccountAsync(HttpContext context) =>
        await context.Response.WriteAsJsonAsync(account.Summary, AccountJson.Default.AccountSummary, contentType: null, context.RequestAborted);

    /// <summary>GET /simulator/account/billed: one line an edit.</summary>
    public async Task GetBilledAsync(HttpContext context)
    {
        context.Response.ContentType = "application/jsonl";
        foreach (var edit in account.Billed)
        {
            await context.Response.Body.WriteAsync(AccountJson.Line(edit), context.RequestAborted);
        }
    }

    /// <summary>GET /simulator/outputs/{name}.</summary>
    public Task GetOutputAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["name"]!;
        return WriteFileAsync(context, name, outputs.Find(name));
    }

    private static async Task WriteFileAsync(HttpContext context, string name, byte[]? file)
    {
        if (file is null)
        {
            await ErrorWriter.WriteAsync(context, ServiceError.NotFound($"There is no '{name}' here."), retryHeaders: false);
            return;
        }

        context.Response.ContentType = Path.GetExtension(name).ToUpperInvariant() switch
        {
            ".WEBP" => "image/webp",
            ".PNG" => "image/png",
            _ => "image/jpeg",
        };
        context.Response.ContentLength = file.Length;
        await context.Response.Body.WriteAsync(file, context.RequestAborted);
    }
}
