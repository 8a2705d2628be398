using System.Buffers;
using System.Text;
using System.Text.Json;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Running;

namespace Darkroom.Storage.Postgres;

/// <summary>Writes the parameter of <see cref="Sql.ItemSql.Complete"/>: an array of objects, a completion each.</summary>
internal static class CompletionJson
{
    // Unescaped text is smaller and safe here: it goes into a jsonb parameter, never into a page.
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(IReadOnlyList<ItemCompletion> completions)
    {
        var buffer = new ArrayBufferWriter<byte>(1024 * (1 + completions.Count));
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartArray();
            foreach (var completion in completions) Write(json, completion);
            json.WriteEndArray();
        }

        // PostgreSQL's jsonb refuses the one escape that JSON allows and text can't hold.
        return Encoding.UTF8.GetString(buffer.WrittenSpan).Replace("\\u0000", "\\ufffd", StringComparison.Ordinal);
    }

    /// <summary>The images alone, as <see cref="Sql.ItemSql.AdoptKept"/> takes them.</summary>
    public static string Write(IReadOnlyList<StoredImage> outputs)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Relaxed)) Write(json, outputs);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A text as its JSON would be stored: without NUL and half surrogate pairs, which PostgreSQL takes in no text.</summary>
    public static string? Storable(string? text) => text is null ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\ufffd');

    private static void Write(Utf8JsonWriter json, ItemCompletion completion)
    {
        json.WriteStartObject();
        json.WriteNumber("item_id", completion.Item.Id);
        json.WriteNumber("token", completion.Item.LeaseToken);
        json.WriteString("next", completion.Next.ToName());
        if (completion.Attempt is not null) json.WriteNumber("attempt_id", completion.Attempt.Id);
        json.WriteString("attempt_state", completion.AttemptState);
        json.WriteNumber("spends", completion.SpendsAttempt ? 1 : 0);
        json.WriteNumber("unknown", completion.CountsUnknown ? 1 : 0);
        json.WriteNumber("unsent", completion.CountsUnsent ? 1 : 0);
        json.WriteNumber("delay", completion.RetryDelay.TotalSeconds);
        if (completion.HttpStatus is { } status) json.WriteNumber("http_status", status);
        json.WriteString("request_id", completion.RequestId);
        if (completion.Error is { } error) WriteError(json, "error", error, completion.RequestId);
        if ((completion.AttemptError ?? completion.Error) is { } attemptError) WriteError(json, "attempt_error", attemptError, completion.RequestId);
        if (completion.UsageJson is not null)
        {
            json.WritePropertyName("usage");
            json.WriteRawValue(completion.UsageJson);
        }

        if (completion.Ledger is { } ledger)
        {
            json.WriteString("kind", ledger.Kind);
            json.WriteNumber("input_text", ledger.Tokens.InputText);
            json.WriteNumber("input_image", ledger.Tokens.InputImage);
            json.WriteNumber("output_text", ledger.Tokens.OutputText);
            json.WriteNumber("output_image", ledger.Tokens.OutputImage);
            json.WriteNumber("images", ledger.Images);
            if (ledger.CostUsd is { } cost) json.WriteNumber("cost", cost);
            json.WriteString("price_book", ledger.PriceBook);
        }

        json.WriteString("halt_reason", completion.HaltReason);
        json.WriteString("halt_detail", completion.HaltDetail);
        if (completion.ReusedFrom is { } source) json.WriteNumber("reused_from", source);
        if (completion.Next == ItemState.Succeeded)
        {
            if (completion.Item.EditKey is { } key) json.WriteString("edit_key", key);
            if (completion.Item.SourceVersion is { } version) json.WriteString("source_version", version);
        }

        json.WritePropertyName("outputs");
        Write(json, completion.Outputs);
        json.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter json, string name, ServiceError error, string? requestId)
    {
        json.WriteStartObject(name);
        json.WriteString("class", error.Class);
        json.WriteString("code", error.Code);
        json.WriteString("message", error.Message);
        if (error.Type is not null) json.WriteString("type", error.Type);
        if (error.Param is not null) json.WriteString("param", error.Param);
        if (requestId is not null) json.WriteString("request_id", requestId);
        if (error.DetailsJson is not null)
        {
            json.WritePropertyName("details");
            json.WriteRawValue(error.DetailsJson);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<StoredImage> outputs)
    {
        json.WriteStartArray();
        foreach (var output in outputs) Write(json, output);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, StoredImage output)
    {
        json.WriteStartObject();
        json.WriteNumber("number", output.Index);
        json.WriteString("path", output.Path);
        json.WriteNumber("bytes", output.Bytes);
        json.WriteString("sha256", output.Sha256);
        json.WriteString("format", output.Format);
        if (output.Width is { } width) json.WriteNumber("width", width);
        if (output.Height is { } height) json.WriteNumber("height", height);
        json.WriteEndObject();
    }
}
