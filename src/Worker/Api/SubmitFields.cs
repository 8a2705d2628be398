using System.CommandLine;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Manifests.Planning;
using Darkroom.Jobs.Schedules;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Api;

/// <summary>
/// What is asked with a manifest: the flags of <c>submit</c> by their names without dashes, read by the command line's own parser, so that both mean the same.
/// </summary>
internal sealed class SubmitFields
{
    private const int MostFields = 500;

    private readonly SubmitFlags _flags;
    private readonly SpendFlags _spend = new();
    private readonly Command _command = new("submit", "");
    private readonly string _manifest;

    /// <summary>Makes them.</summary>
    /// <param name="isScheduled">Whether they are a schedule's: the manifest is said elsewhere, and reuse is on.</param>
    public SubmitFields(bool isScheduled = false)
    {
        _flags = new SubmitFlags(isScheduled);
        _manifest = isScheduled ? "--manifest=-" : "-";
        _flags.AddTo(_command);
        _spend.AddTo(_command);
    }

    /// <summary>Reads the fields.</summary>
    /// <exception cref="ApiException">Some can't be used; all that can't are named.</exception>
    public (NewBatch Batch, Func<CostOptions, SpendConsent> Consent) Read(IReadOnlyList<KeyValuePair<string, string>> fields, string manifest, TimeProvider time, IConfiguration configuration)
    {
        var parsed = Parse(fields);
        try
        {
            var batch = _flags.Read(parsed, folder: null, time, configuration);
            return (fields.Any(field => field.Key == "name") ? batch : batch with { Name = manifest }, costs => _spend.Read(parsed, costs));
        }
        catch (CliException exception)
        {
            throw Refuse([new FieldProblemShape(null, null, null, exception.Message)]);
        }
    }

    /// <summary>Reads the fields of a schedule.</summary>
    /// <exception cref="ApiException">Some can't be used; all that can't are named.</exception>
    public (BatchTemplate Template, string? Deadline, Func<CostOptions, SpendConsent> Consent) ReadTemplate(
        IReadOnlyList<KeyValuePair<string, string>> fields, TimeProvider time, IConfiguration configuration)
    {
        var parsed = Parse(fields);
        try
        {
            if (_flags.Deadline(parsed, out var deadline) is { Instant: not null }) throw new CliException("--deadline of a schedule takes a time of day such as 06:00, or a time from the start such as 4h.");
            return (BatchTemplate.Of(_flags.Read(parsed, folder: null, time, configuration), _flags.Name(parsed), canary: null), deadline, costs => _spend.Read(parsed, costs));
        }
        catch (CliException exception)
        {
            throw Refuse([new FieldProblemShape(null, null, null, exception.Message)]);
        }
    }

    private ParseResult Parse(IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        if (fields.Count > MostFields) throw Problems.BadField("fields", $"there are more than {MostFields}");
        var arguments = new List<string>();
        var problems = new List<FieldProblemShape>();
        foreach (var (name, value) in fields)
        {
            var flag = $"--{name.Replace('_', '-')}";
            if (_command.Options.FirstOrDefault(option => option.Name == flag && flag != "--manifest") is not { } option)
            {
                var known = _command.Options.Where(option => option.Name != "--manifest").Select(option => option.Name.TrimStart('-').Replace('-', '_')).ToList();
                problems.Add(new FieldProblemShape(null, null, name, $"there is no such field{NearestName.Hint(name, known)}; known are {string.Join(", ", known)}"));
                continue;
            }

            // The value is in one word with the flag, so that nothing in it is taken for another flag.
            var argument = $"{option.Name}={value}";
            problems.AddRange(ParseLine([argument]).Errors.Select(error => new FieldProblemShape(null, null, name, error.Message)));
            arguments.Add(argument);
        }

        if (problems.Count > 0) throw Refuse(problems);
        var parsed = ParseLine(arguments);
        if (parsed.Errors.Count > 0) throw Refuse([.. parsed.Errors.Select(error => new FieldProblemShape(null, null, null, error.Message))]);
        return parsed;
    }

    private static ApiException Refuse(List<FieldProblemShape> problems) =>
        new(Problems.Of(StatusCodes.Status400BadRequest, "invalid-request", "The request can't be used", $"{problems.Count} field{(problems.Count == 1 ? "" : "s")} can't be used; nothing was imported.", [.. problems]));

    // No response files: '@/etc/passwd' is a text here.
    private ParseResult ParseLine(IEnumerable<string> arguments) => _command.Parse([_manifest, .. arguments], new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
}
