using System.CommandLine;
using System.CommandLine.Parsing;
using Darkroom.Worker.Client;
using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Cli;

/// <summary>Submits through a server.</summary>
internal static class RemoteSubmit
{
    private const int Tries = 3;

    /// <summary>Submits; a connection that breaks is tried again, and the batch is made once all the same.</summary>
    public static async Task<SubmittedShape> SubmitAsync(
        CliContext context, DarkroomClient client, ParseResult parsed, string manifest, Func<Option, bool> isOwn, CancellationToken cancellationToken)
    {
        await using var file = await ManifestFile.OpenAsync(manifest, context.Surroundings, cancellationToken);
        var fields = FieldsOf(parsed, isOwn).ToList();
        var key = $"cli-{Guid.NewGuid():N}";
        var name = manifest is Jobs.Manifests.ManifestSource.StandardInputName ? "standard input" : Path.GetFileName(manifest);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await client.SubmitAsync(fields, name, file.Rewind(), key, cancellationToken);
            }
            catch (HttpRequestException exception) when (attempt < Tries && exception.HttpRequestError is HttpRequestError.ResponseEnded or HttpRequestError.Unknown)
            {
                await context.Error.WriteLineAsync($"The connection broke ({exception.Message}); once more.");
                await Task.Delay(TimeSpan.FromSeconds(attempt), context.Time, cancellationToken);
            }
        }
    }

    /// <summary>The options that were given, by their names without dashes.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> FieldsOf(ParseResult parsed, Func<Option, bool> isOwn)
    {
        foreach (var option in parsed.CommandResult.Children.OfType<OptionResult>().Where(option => !option.Implicit && !isOwn(option.Option)))
        {
            var name = option.Option.Name.TrimStart('-');
            if (option.Tokens.Count == 0) yield return KeyValuePair.Create(name, "true");
            foreach (var token in option.Tokens) yield return KeyValuePair.Create(name, token.Value);
        }
    }
}
