using System.IO.Pipelines;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Darkroom.Simulator.Http;

/// <summary>Small JSON answers.</summary>
internal static class JsonAnswers
{
    /// <summary>Plain letters stay plain, so that an answer can be read by eye.</summary>
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one JSON answer; status and headers are the caller's.</summary>
    public static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var body = ToBytes(write);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>JSON as UTF-8.</summary>
    public static byte[] ToBytes(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            write(writer);
        }

        return buffer.ToArray();
    }
}

/// <summary>Text into a pipe.</summary>
internal static class PipeText
{
    /// <summary>Adds UTF-8 to what the next flush sends.</summary>
    public static void WriteText(this PipeWriter to, string text) => Encoding.UTF8.GetBytes(text, to);
}
