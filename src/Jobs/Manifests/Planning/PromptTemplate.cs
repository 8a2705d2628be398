using System.Text;

namespace Darkroom.Jobs.Manifests.Planning;

/// <summary>
/// A prompt with places for variables: <c>{{name}}</c>, spaces inside the braces allowed. Four opening braces, <c>{{{{</c>, stand for two that are text;
/// closing braces outside a place are always text. What is put into a place is not looked at again. For one thread at a time.
/// </summary>
internal sealed class PromptTemplate
{
    private readonly List<(string Text, bool IsName)> _parts = [];
    private readonly StringBuilder _rendered = new();

    private PromptTemplate()
    {
    }

    /// <summary>The names in its places.</summary>
    public IEnumerable<string> Names => _parts.Where(part => part.IsName).Select(part => part.Text);

    /// <summary>Whether a text has no places and no escapes, and so renders to itself.</summary>
    public static bool IsPlain(string text) => !text.Contains("{{", StringComparison.Ordinal);

    /// <summary>Reads a template, or gives the reason why it isn't one.</summary>
    public static PromptTemplate? Parse(string text, out string? reason)
    {
        var template = new PromptTemplate();
        reason = null;
        var at = 0;
        while (at < text.Length)
        {
            var open = text.IndexOf("{{", at, StringComparison.Ordinal);
            if (open < 0) open = text.Length;
            if (open > at) template._parts.Add((text[at..open], false));
            if (open == text.Length) break;
            if (text.AsSpan(open + 2).StartsWith("{{"))
            {
                template._parts.Add(("{{", false));
                at = open + 4;
                continue;
            }

            var close = text.IndexOf("}}", open + 2, StringComparison.Ordinal);
            reason = close >= 0
                ? NameFault(text[(open + 2)..close], open)
                : $"has {{{{ at character {open + 1} and no }}}} after it; write {{{{{{{{ for two braces as text";
            if (reason is not null) return null;
            template._parts.Add((text[(open + 2)..close].Trim(), true));
            at = close + 2;
        }

        return template;
    }

    /// <summary>
    /// Puts the variables in their places; gives null and the names without a value when some have none. Stops once past <paramref name="enough"/> characters.
    /// </summary>
    public string? Render(List<KeyValuePair<string, string?>> variables, string id, int enough, out List<string>? missing)
    {
        missing = null;
        _rendered.Clear();
        foreach (var (text, isName) in _parts)
        {
            var value = isName ? ValueOf(text, variables, id) : text;
            if (value is not null && _rendered.Length <= enough) _rendered.Append(value);
            else if (value is not null) continue;
            else if (missing is null) missing = [text];
            else if (!missing.Contains(text, StringComparer.Ordinal)) missing.Add(text);
        }

        return missing is null ? _rendered.ToString() : null;
    }

    private static string? ValueOf(string name, List<KeyValuePair<string, string?>> variables, string id)
    {
        foreach (var (variable, value) in variables)
            if (string.Equals(variable, name, StringComparison.Ordinal)) return value;
        return name is "id" ? id : null;
    }

    private static string? NameFault(string name, int open) =>
        string.IsNullOrWhiteSpace(name) || name.AsSpan().ContainsAny("{}\r\n")
            ? $"has no variable's name between {{{{ and }}}} at character {open + 1}; write {{{{{{{{ for two braces as text"
            : null;
}
