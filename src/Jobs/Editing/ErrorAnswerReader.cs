namespace Darkroom.Jobs.Editing;

/// <summary>Reads the body of an error answer, whatever it is: JSON, a proxy's page, nothing.</summary>
internal static class ErrorAnswerReader
{
    /// <summary>Most bytes that are read; an error has a few hundred.</summary>
    public const int MaxBytes = 256 * 1024;

    private const int ShownCharacters = 300;

    /// <summary>Reads up to <see cref="MaxBytes"/>. A body that breaks off is taken as far as it came: the status says enough.</summary>
    /// <returns>The error object, empty when there is none, and the message to show then.</returns>
    public static async Task<(ErrorBody Error, string Fallback)> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        var broken = "";
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var buffer = new byte[16 * 1024];
            int read;
            while (body.Length < MaxBytes && (read = await stream.ReadAsync(buffer, cancellationToken)) > 0) body.Write(buffer, 0, read);
        }
        catch (Exception e) when (EditClient.IsTransferFailure(e))
        {
            broken = $" The body broke off: {e.Message}";
        }

        var bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        var error = AnswerParser.ParseError(bytes);
        if (error?.Message is not null) return (error, "");
        var text = System.Text.Encoding.UTF8.GetString(bytes.Span[..Math.Min(bytes.Length, ShownCharacters * 4)]);
        var shown = text.Length > ShownCharacters ? text[..ShownCharacters] : text;
        var what = error is null ? "is no JSON and begins" : "has no message";
        return (error ?? ErrorBody.Empty, Fallback(response, shown.Length == 0 ? broken : $" The answer {what}: {shown}{broken}"));
    }

    private static string Fallback(HttpResponseMessage response, string more) => $"HTTP {(int)response.StatusCode} {response.ReasonPhrase}.{more}";
}
