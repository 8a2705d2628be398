using System.Globalization;
using System.Text.Json;
using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Models;

/// <summary>Holds an edit against what the model book says of its model. Finds every problem, in the order of the options' names.</summary>
public static class ModelRules
{
    /// <summary>How many days before its shutdown a model begins to warn.</summary>
    public const int ShutdownWarningDays = 30;

    /// <summary>Checks options and shutdown date.</summary>
    /// <param name="model">The entry of the options' <c>model</c>.</param>
    /// <param name="options">The options that would be sent.</param>
    /// <param name="today">The day of the call, UTC.</param>
    public static IEnumerable<RuleProblem> Check(ModelEntry model, EditOptions options, DateOnly today) =>
        CheckShutdown(model, today) is { } shutdown ? CheckOptions(model, options).Prepend(shutdown) : CheckOptions(model, options);

    /// <summary>Checks options alone.</summary>
    public static IEnumerable<RuleProblem> CheckOptions(ModelEntry model, EditOptions options)
    {
        foreach (var (name, value) in options.Values)
        {
            if (model.Parameters.TryGetValue(name, out var rule))
            {
                foreach (var problem in CheckParameter(model, name, value, rule, options)) yield return problem;
            }

            if (string.Equals(name, "size", StringComparison.Ordinal) && model.Sizes is not null)
            {
                var text = Shown(value);
                var fault = value.ValueKind == JsonValueKind.String ? model.Sizes.Fault(text) : "must be a string";
                if (fault is not null) yield return Error(name, $"{text} is not a size that {model.Name} makes: {fault}.");
            }
        }
    }

    /// <summary>Checks what an edit starts from.</summary>
    /// <param name="model">The model.</param>
    /// <param name="images">How many input images there are.</param>
    /// <param name="promptLength">Characters of the prompt.</param>
    public static IEnumerable<RuleProblem> CheckInput(ModelEntry model, int images, int promptLength)
    {
        if (images > model.MaxImages)
            yield return Error("images", $"{model.Name} takes at most {Count(model.MaxImages, "image")}, and there are {images}.");
        if (promptLength > model.MaxPrompt)
            yield return Error("prompt", $"{model.Name} takes at most {Count(model.MaxPrompt, "character")}, and there are {promptLength}.");
    }

    /// <summary>An error from the day of the shutdown on, a warning in the <see cref="ShutdownWarningDays"/> days before it, else null.</summary>
    public static RuleProblem? CheckShutdown(ModelEntry model, DateOnly today)
    {
        if (model.Shutdown is not { } shutdown) return null;
        var days = shutdown.DayNumber - today.DayNumber;
        if (days <= 0) return Error("model", $"{model.Name} was shut down on {shutdown:yyyy-MM-dd}{Instead(model)}.");
        return days <= ShutdownWarningDays ? Warning("model", $"{model.Name} will be shut down on {shutdown:yyyy-MM-dd}, in {Count(days, "day")}{Instead(model)}.") : null;
    }

    /// <summary>The same for work that recurs without an end: any announced shutdown at all is at least a warning, since the schedule will cross it.</summary>
    public static RuleProblem? CheckSchedule(ModelEntry model, DateOnly today) => CheckShutdown(model, today)
        ?? (model.Shutdown is { } shutdown ? Warning("model", $"The schedule will cross the shutdown of {model.Name} on {shutdown:yyyy-MM-dd}{Instead(model)}.") : null);

    private static IEnumerable<RuleProblem> CheckParameter(ModelEntry model, string name, JsonElement value, ParameterRule rule, EditOptions options)
    {
        var text = Shown(value);
        if (rule.Refused is not null)
        {
            yield return Error(name, $"{model.Name} doesn't take {name}: {rule.Refused}; leave it out.");
            yield break;
        }

        if (Fault(value, rule) is { } fault)
        {
            yield return Error(name, $"{text} is not a value of {name} that {model.Name} takes: {fault}.");
            yield break;
        }

        if (rule.Warnings.TryGetValue(text, out var warning)) yield return Warning(name, $"{name} {text} on {model.Name}: {warning}.");
        if ((rule.NeedsFormat.TryGetValue(text, out var formats) || rule.NeedsFormat.TryGetValue(ParameterRule.AnyValue, out formats))
            && !formats.Contains(options.OutputFormat, StringComparer.Ordinal))
        {
            // The contract's own example sends output_compression 100, the default, with png: without effect, and without harm.
            var harmless = rule.Default is { } usual && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var sent) && sent == usual;
            var unset = options.Text("output_format") is null ? ", which it is when unset" : "";
            yield return new RuleProblem(
                name, $"{name} {text} needs output_format {string.Join(" or ", formats)}, not {options.OutputFormat}{unset}.", harmless);
        }

        if (string.Equals(name, "partial_images", StringComparison.Ordinal) && !options.Stream && options.Number(name) > 0)
            yield return Warning(name, "partial_images has no effect without stream: true.");
    }

    private static string? Fault(JsonElement value, ParameterRule rule) => rule.Type switch
    {
        ParameterType.Text when value.ValueKind != JsonValueKind.String => rule.Values.Count == 0 ? "must be a string" : OneOf(rule),
        ParameterType.Text when rule.Values.Count > 0 && !rule.Values.Contains(value.GetString(), StringComparer.Ordinal) => OneOf(rule),
        ParameterType.Whole when value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var number) || number < rule.Min || number > rule.Max => Range(rule),
        ParameterType.Flag when value.ValueKind is not (JsonValueKind.True or JsonValueKind.False) => "must be true or false",
        _ => null,
    };

    private static string OneOf(ParameterRule rule) => rule.Values.Count == 1 ? $"must be {rule.Values[0]}" : $"must be one of {string.Join(", ", rule.Values)}";

    private static string Range(ParameterRule rule) => (rule.Min, rule.Max) switch
    {
        (int.MinValue, int.MaxValue) => "must be a whole number",
        (int.MinValue, _) => $"must be a whole number of at most {rule.Max}",
        (_, int.MaxValue) => $"must be a whole number of at least {rule.Min}",
        _ when rule.Min == rule.Max => $"must be {rule.Min}",
        _ => $"must be a whole number from {rule.Min} to {rule.Max}",
    };

    private static string Shown(JsonElement value)
    {
        const int longest = 100;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return text.Length > longest ? $"{text[..longest]}…" : text;
    }

    private static string Instead(ModelEntry model) => model.Replacement is null ? "" : $"; use {model.Replacement} instead";

    private static string Count(int number, string noun) => string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");

    private static RuleProblem Error(string field, string reason) => new(field, reason, IsWarning: false);

    private static RuleProblem Warning(string field, string reason) => new(field, reason, IsWarning: true);
}
