namespace Darkroom.Simulator.Edits;

/// <summary>Finds forbidden words.</summary>
internal static class ModerationRules
{
    /// <summary>Whether a word stands in a prompt, whole and in any case.</summary>
    public static bool IsRefused(string prompt, IEnumerable<string> words) => words.Any(word => Contains(prompt, word));

    private static bool Contains(string prompt, string word)
    {
        for (var at = 0; (at = prompt.IndexOf(word, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            var end = at + word.Length;
            if ((at == 0 || !char.IsLetterOrDigit(prompt[at - 1])) && (end == prompt.Length || !char.IsLetterOrDigit(prompt[end])))
            {
                return true;
            }
        }

        return false;
    }
}
