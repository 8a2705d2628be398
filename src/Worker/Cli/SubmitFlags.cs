using System.CommandLine;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Sources;

namespace Darkroom.Worker.Cli;

/// <summary>What <c>run</c> and <c>submit</c> take.</summary>
internal sealed class SubmitFlags
{
    private readonly Argument<string> _manifest = new("MANIFEST") { Description = "A .jsonl, .json or .csv file, or - for standard input." };
    private readonly Option<string?> _name = new("--name") { Description = "What the batch is called; its manifest's name unless said." };
    private readonly Option<int> _priority = new("--priority") { Description = "0 (last) to 9 (first).", DefaultValueFactory = _ => 5 };
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

    private readonly Option<bool> _reuse = new("--reuse")
    {
        Description = "Don't pay again for what succeeded before: the same source (by ETag or content), mask, prompt, options and model.",
    };

    private readonly Option<bool> _force = new("--force") { Description = "Pay for every row, also for duplicates in the manifest." };
    private readonly Option<string?> _probe = new("--probe") { Description = "After a halt, try a single call every so often, such as 15m, until one goes through." };
    private readonly Option<string> _fetch = new("--fetch")
    {
        Description = """
            Who fetches sources named by http(s) address: the service gets the addresses as they are, or this worker fetches them, under the rules of the
            section Sources, and sends what it got. az://ACCOUNT/CONTAINER/BLOB is always fetched by the worker. Example: --fetch worker
            """,
        DefaultValueFactory = _ => "service",
    };

    private readonly EditFlags _edit = new();

    public SubmitFlags()
    {
        _onUnknown.AcceptOnlyFromAmong("retry", "hold");
        _fetch.AcceptOnlyFromAmong("service", "worker");
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
        command.Add(_reuse);
        command.Add(_force);
        command.Add(_probe);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_reuse) && result.GetValue(_force)) result.AddError("--reuse and --force ask for opposite things; give one of them.");
        });
        command.Add(_fetch);
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
            Reuse = parsed.GetValue(_force) ? ReuseMode.None : parsed.GetValue(_reuse) ? ReuseMode.Earlier : ReuseMode.Duplicates,
            ProbeEvery = ProbeTime(parsed.GetValue(_probe)),
            FetchedBy = parsed.GetRequiredValue(_fetch) is "worker" ? FetchedBy.Worker : FetchedBy.Service,
        };
    }

    private static TimeSpan? ProbeTime(string? text)
    {
        var time = Times.Parse(text, "--probe");
        return time < TimeSpan.FromSeconds(1) ? throw new CliException($"--probe takes at least a second, not '{text}'.") : time;
    }

    private static void Between(System.CommandLine.Parsing.OptionResult result, int least, int most)
    {
        if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, out var value) || value < least || value > most))
            result.AddError($"{result.Option.Name} must be a whole number from {least} to {most}, not '{result.Tokens[0].Value}'.");
    }
}
