using Darkroom.Jobs.Manifests.Reading;

namespace Darkroom.Jobs.Manifests.Planning;

/// <summary>Renders the prompts of rows, each its own or the default one.</summary>
internal sealed class Prompts
{
    /// <summary>The longest prompt in characters, counted as Unicode does (docs/endpoint.md, Requests).</summary>
    public const int MaxLength = 32_000;

    private const int MostRemembered = 256;

    private readonly string? _default;
    private readonly Dictionary<string, PromptTemplate> _templates = new(StringComparer.Ordinal);

    public Prompts(string? defaultPrompt)
    {
        _default = defaultPrompt;
        if (defaultPrompt is null) return;
        if (PromptTemplate.Parse(defaultPrompt, out var reason) is { } template)
        {
            _templates.Add(defaultPrompt, template);
            Variables.Take(template);
        }
        else DefaultFault = $"the default prompt {reason}";
    }

    /// <summary>Which variables of rows prompts take.</summary>
    public VariableUse Variables { get; } = new();

    /// <summary>Why the default prompt is no template, or null. Rows that would use it aren't blamed for it.</summary>
    public string? DefaultFault { get; }

    /// <summary>The prompt of a row, or null when it has a fault (of its own or the default's).</summary>
    public string? Render(ManifestRow row, string key)
    {
        Variables.Give(row);
        var text = row.Prompt ?? _default;
        if (text is null)
        {
            if (!row.HasFaultyPrompt) row.Fault("prompt", "is missing; give one in the row, in the manifest's head or with --prompt");
            return null;
        }

        if (row.Prompt is null && DefaultFault is not null) return null;
        var rendered = PromptTemplate.IsPlain(text) ? text : Fill(text, row, key);
        if (rendered is null) return null;
        if (string.IsNullOrWhiteSpace(rendered)) row.Fault("prompt", "must not be empty");
        else if (rendered.Length > MaxLength && Count(rendered) > MaxLength) row.Fault("prompt", $"has more than {MaxLength:N0} characters");
        else return rendered;
        return null;
    }

    private static int Count(string text) => text.Length - text.Count(char.IsLowSurrogate);

    private string? Fill(string text, ManifestRow row, string key)
    {
        var template = TemplateOf(text, out var reason);
        if (template is null)
        {
            row.Fault("prompt", reason!);
            return null;
        }

        var rendered = template.Render(row.Variables, key, 2 * MaxLength, out var missing);
        if (missing is not null)
        {
            var names = row.Variables.Where(v => v.Value is not null).Select(v => v.Key).Append("id");
            var has = string.Join(", ", names.Distinct(StringComparer.Ordinal).Take(20));
            row.Fault("prompt", $"has {{{{{string.Join("}}, {{", missing)}}}}}, which this row gives no value for; it has {has}");
        }

        return rendered;
    }

    private PromptTemplate? TemplateOf(string text, out string? reason)
    {
        reason = null;
        if (_templates.TryGetValue(text, out var known)) return known;
        var template = PromptTemplate.Parse(text, out reason);
        if (template is not null) Variables.Take(template);
        if (template is not null && _templates.Count < MostRemembered && text.Length <= MaxLength) _templates.Add(text, template);
        return template;
    }
}
