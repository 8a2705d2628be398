using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Manifests.Planning;

namespace Darkroom.Worker.Cli;

/// <summary>A flag for every option of the API, by its own name, and what else a batch takes from the command line.</summary>
internal sealed class EditFlags
{
    private readonly Option<string?> _prompt = new("--prompt") { Description = "Prompt for rows that have none; {{name}} inserts a variable or column of the row." };
    private readonly Option<string[]> _images = new("--image")
    {
        Description = "Image for rows that have none: URL, az:// address, data URL, local path or file_id:ID. Repeatable, up to 16.",
    };

    private readonly Option<string?> _mask = new("--mask") { Description = "Mask for rows that have none, written like an image." };
    private readonly Option<string[]> _tags = new("--tag") { Description = "Tag for every item, NAME=VALUE. Repeatable." };
    private readonly Option<string[]> _extra = new("--option") { Description = "Any other option of the API, NAME=VALUE. Repeatable." };
    private readonly List<(string Name, Option<string?> Flag)> _options;

    /// <summary>Makes the flags.</summary>
    public EditFlags() => _options = [.. EditParameters.All.Values.Select(parameter => (parameter.Name, Flag(parameter)))];

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_images);
        command.Add(_mask);
        command.Add(_prompt);
        foreach (var (_, flag) in _options) command.Add(flag);
        command.Add(_extra);
        command.Add(_tags);
    }

    /// <summary>Reads them.</summary>
    /// <param name="parsed">Where from.</param>
    /// <param name="folder">Where paths of this machine's files start; null for what came over the network, which never looks at them.</param>
    /// <exception cref="CliException">A value can't be what its option takes.</exception>
    public BatchDefaults Read(ParseResult parsed, string? folder)
    {
        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, flag) in _options)
            if (parsed.GetValue(flag) is { } text) values[name] = Value(EditParameters.All[name], text);
        foreach (var (name, text) in Pairs(parsed.GetValue(_extra), "--option"))
        {
            if (EditParameters.Fields.Contains(name, StringComparer.Ordinal)) throw new CliException($"--option {name}: it is no option; {Instead(name)}.");
            if (!EditParameters.All.ContainsKey(name) && NearestName.Meant(name, EditParameters.All.Keys) is { } meant)
                throw new CliException($"--option {name}: looks like a slip of {meant}; {Instead(meant.Replace('_', '-'))}.");
            values[name] = EditParameters.All.TryGetValue(name, out var known) ? Value(known, text) : Guess(text);
        }

        return new BatchDefaults(
            parsed.GetValue(_prompt),
            EditOptions.Create(values),
            Pairs(parsed.GetValue(_tags), "--tag").ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal))
        {
            Images = [.. (parsed.GetValue(_images) ?? []).Select(source => Source(source, folder))],
            Mask = parsed.GetValue(_mask) is { } mask ? Source(mask, folder) : null,
        };
    }

    private static string Instead(string name) => name is "images" ? "use --image, or the manifest" : $"use --{name}, or the manifest";

    // A path in a flag is meant from where the command was called, not from where the manifest lies. What isn't a file is the planner's to judge.
    private static string Source(string text, string? folder) =>
        folder is not null && !text.StartsWith("data:", StringComparison.OrdinalIgnoreCase) && Path.GetFullPath(text, folder) is var path && File.Exists(path) ? path : text;

    private static Option<string?> Flag(EditParameters.Parameter parameter)
    {
        var dashed = $"--{parameter.Name.Replace('_', '-')}";
        var flag = parameter.Name.Contains('_', StringComparison.Ordinal) ? new Option<string?>(dashed, $"--{parameter.Name}") : new Option<string?>(dashed);
        flag.Description = parameter.Kind switch
        {
            EditParameters.Kind.Integer => $"{parameter.Minimum} to {parameter.Maximum}.",
            EditParameters.Kind.Boolean => "true or false.",
            EditParameters.Kind.Choice => $"One of {string.Join(", ", parameter.Values!)}.",
            EditParameters.Kind.Size => "auto or WIDTHxHEIGHT.",
            _ => parameter.Name is "model" ? "The model; see 'darkroom models'." : "Your end user's id, for the service and for reports.",
        };
        // "--stream" alone reads naturally.
        if (parameter.Kind == EditParameters.Kind.Boolean)
        {
            flag.Arity = ArgumentArity.ZeroOrOne;
            flag.CustomParser = result => result.Tokens.Count == 0 ? "true" : result.Tokens[0].Value;
        }

        return flag;
    }

    private static JsonElement Value(EditParameters.Parameter parameter, string text)
    {
        var value = parameter.Kind switch
        {
            EditParameters.Kind.Integer when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => JsonSerializer.SerializeToElement(number),
            EditParameters.Kind.Boolean when bool.TryParse(text, out var flag) => JsonSerializer.SerializeToElement(flag),
            _ => JsonSerializer.SerializeToElement(text),
        };
        return EditParameters.FaultOf(parameter.Name, value) is { } fault
            ? throw new CliException($"--{parameter.Name.Replace('_', '-')} {fault}.")
            : value;
    }

    // A new parameter may be of any type: what reads as JSON is JSON, all else is text.
    private static JsonElement Guess(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(text);
        }
    }

    private static IEnumerable<(string Name, string Value)> Pairs(string[]? given, string flag)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pair in given ?? [])
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at < 1) throw new CliException($"{flag} takes NAME=VALUE, not '{pair}'.");
            if (!seen.Add(pair[..at])) throw new CliException($"{flag} {pair[..at]} is given twice.");
            yield return (pair[..at], pair[(at + 1)..]);
        }
    }
}
