namespace Darkroom.Jobs.Editing;

/// <summary>How Darkroom names itself to whomever it calls.</summary>
internal static class UserAgent
{
    // A text and no parsed value: it is held as long as the request, and thousands wait for their answers at once.
    private static readonly string Text = $"darkroom/{typeof(UserAgent).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>Names it in a request.</summary>
    public static void AddTo(HttpRequestMessage request) => request.Headers.TryAddWithoutValidation("User-Agent", Text);
}
