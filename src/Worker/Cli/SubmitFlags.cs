using System.CommandLine;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Manifests;

namespace Darkroom.Worker.Cli;

/// <summary>What <c>run</c> and <c>submit</c> take.</summary>
internal sealed class SubmitFlags
{
    private readonly Argument<string> _manifest = new("MANIFEST") { Description = "A .jsonl, .json or .csv file, or - for standard input." };
    private readonly Option<string?> _name = new("--name") { Description = "What the batch is called; its manifest's name unless said." };
    private readonly Option<int> _priority = new("--priority") { Description = "0 (last) to 9 (first); each step doubles the batch's share beside others.", DefaultValueFactory = _ => 5 };
    private readonly Option<string> _onUnknown = new("--on-unknown")
    {
        Description = "When it isn't known whether a call was billed: retry once, or hold for a person.",
        DefaultValueFactory = _ => "retry",
    };

    private readonly Option<int> _maxAttempts = new("--max-attempts") { Description = "Attempts of an item, 1 to 100; throttling spends none.", DefaultValueFactory = _ => 5 };
    private readonly Option<bool> _deleteUploads = new("--delete-uploads")
    {
        Description = "Delete files uploaded for the batch at the service when it has ended; otherwise they expire there (Edit:UploadLifetime).",
    };

    private readonly EditFlags _edit = new();
    private readonly PaceFlags _pace = new();

    public SubmitFlags()
    {
        _onUnknown.AcceptOnlyFromAmong("retry", "hold");
        _priority.Validators.Add(result => Between(result, 0, 9));
        _maxAttempts.Validators.Add(result => Between(result, 1, 100));
    }

    public void AddTo(Command command)
    {
        command.Add(_manifest);
        _edit.AddTo(command);
        command.Add(_name);
        command.Add(_priority);
        command.Add(_onUnknown);
        command.Add(_maxAttempts);
        command.Add(_deleteUploads);
        _pace.AddTo(command);
    }

    /// <summary>The manifest as it was named.</summary>
    public string Manifest(ParseResult parsed) => parsed.GetRequiredValue(_manifest);

    /// <summary>What the flags say of the batch.</summary>
    public NewBatch Read(ParseResult parsed, TimeProvider time)
    {
        var manifest = Manifest(parsed);
        var defaults = _edit.Read(parsed);
        return new NewBatch(BatchIds.Create(time), parsed.GetValue(_name) ?? (manifest is ManifestSource.StandardInputName ? "standard input" : Path.GetFileName(manifest)), defaults)
        {
            Priority = parsed.GetValue(_priority),
            OnUnknown = parsed.GetRequiredValue(_onUnknown) is "hold" ? OnUnknown.Hold : OnUnknown.Retry,
            MaxAttempts = parsed.GetValue(_maxAttempts),
            DeleteUploads = parsed.GetValue(_deleteUploads),
            Caps = _pace.Caps(parsed),
            Hours = _pace.Hours(parsed),
        };
    }

    private static void Between(System.CommandLine.Parsing.OptionResult result, int least, int most)
    {
        if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, out var value) || value < least || value > most))
            result.AddError($"{result.Option.Name} must be a whole number from {least} to {most}, not '{result.Tokens[0].Value}'.");
    }
}
