using System.CommandLine;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Estimates;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Api;

/// <summary>
/// What is asked with a manifest: the flags of <c>submit</c> by their names without dashes, read by the command line's own parser, so that both mean the same.
/// </summary>
internal sealed class SubmitFields
{
    private const int MostFields = 500;

    private readonly SubmitFlags _flags = new();
    private readonly SpendFlags _spend = new();
    private readonly Command _command = new("submit", "");

    public SubmitFields()
    {
        _flags.AddTo(_command);
        _spend.AddTo(_command);
    }

    /// <summary>Reads the fields.</summary>
    /// <exception cref="ApiException">Some can't be used; all that can't are named.</exception>
    public (NewBatch Batch, Func<CostOptions, SpendConsent> Consent) Read(IReadOnlyList<KeyValuePair<string, string>> fields, string manifest, TimeProvider time, IConfiguration configuration)
    {
        if (fields.Count > MostFields) throw Problems.BadField("fields", $"there are more than {MostFields}");
        var arguments = new List<string>();
        var problems = new List<FieldProblemShape>();
        foreach (var (name, value) in fields)
        {
            var flag = $"--{name.Replace('_', '-')}";
            if (_command.Options.FirstOrDefault(option => option.Name == flag) is not { } option)
            {
                problems.Add(new FieldProblemShape(null, null, name, $"there is no such field; known are {string.Join(", ", _command.Options.Select(known => known.Name.TrimStart('-').Replace('-', '_')))}"));
                continue;
            }

            // The value is in one word with the flag, so that nothing in it is taken for another flag.
            var argument = $"{option.Name}={value}";
            problems.AddRange(Parse([argument]).Errors.Select(error => new FieldProblemShape(null, null, name, error.Message)));
            arguments.Add(argument);
        }

        if (problems.Count > 0) throw Refuse(problems);
        var parsed = Parse(arguments);
        if (parsed.Errors.Count > 0) throw Refuse([.. parsed.Errors.Select(error => new FieldProblemShape(null, null, null, error.Message))]);
        try
        {
            var batch = _flags.Read(parsed, time, configuration, isLocal: false);
            return (fields.Any(field => field.Key == "name") ? batch : batch with { Name = manifest }, costs => _spend.Read(parsed, costs));
        }
        catch (CliException exception)
        {
            throw Refuse([new FieldProblemShape(null, null, null, exception.Message)]);
        }
    }

    private static ApiException Refuse(List<FieldProblemShape> problems) =>
        new(Problems.Of(StatusCodes.Status400BadRequest, "invalid-request", "The request can't be used", $"{problems.Count} field{(problems.Count == 1 ? "" : "s")} can't be used; nothing was imported.", [.. problems]));

    // No response files: '@/etc/passwd' is a text here.
    private ParseResult Parse(IEnumerable<string> arguments) => _command.Parse(["-", .. arguments], new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
}
