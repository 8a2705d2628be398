using System.CommandLine;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Sources;
using Darkroom.Storage.Images;

namespace Darkroom.Worker.Cli;

/// <summary>What <c>run</c> and <c>submit</c> take.</summary>
internal sealed class SubmitFlags
{
    private const string NameTemplateKey = $"{StorageOptions.Section}:{nameof(StorageOptions.NameTemplate)}";

    private readonly Argument<string> _manifest = new("MANIFEST") { Description = "A .jsonl, .json or .csv file, or - for standard input." };
    private readonly Option<string?> _name = new("--name") { Description = "The batch's name. Default: the manifest's name." };
    private readonly Option<int> _priority = new("--priority") { Description = "0 (last) to 9 (first). Each step doubles the batch's share of the pace.", DefaultValueFactory = _ => 5 };
    private readonly Option<string> _onUnknown = new("--on-unknown")
    {
        Description = "If it is not known whether a call was billed: retry once, or hold the item for a person.",
        DefaultValueFactory = _ => "retry",
    };

    private readonly Option<int> _maxAttempts = new("--max-attempts") { Description = "Attempts per item, 1 to 100. Throttling spends none.", DefaultValueFactory = _ => 5 };
    private readonly Option<bool> _deleteUploads = new("--delete-uploads")
    {
        Description = "Delete the batch's uploads at the service when it has ended. Otherwise they expire there (Edit__UploadLifetime).",
    };

    private readonly Option<bool> _reuse = new("--reuse")
    {
        Description = "Reuse earlier results with the same source (by ETag or content), mask, prompt, options and model instead of paying again.",
    };

    private readonly Option<bool> _force = new("--force") { Description = "Pay for every row, even for duplicates in the manifest." };
    private readonly Option<string?> _probe = new("--probe") { Description = "After a halt, try a single call at this interval, such as 15m, until one succeeds." };

    private readonly Option<string> _fetch = new("--fetch")
    {
        Description = """
            Who fetches http(s) sources: the service, or the worker, which follows the rules of section Sources and sends the bytes.
            The worker always fetches az://ACCOUNT/CONTAINER/BLOB.
            """,
        DefaultValueFactory = _ => "service",
    };

    private readonly Option<string?> _outputName = new("--output-name")
    {
        Description = "Names of outputs for rows without one: {batch}, {id}, {row}, {date}, {model}, {tag:NAME} and text, ending in -{n}.{ext}. Default: Storage__NameTemplate, else {batch}/{id}-{n}.{ext}.",
    };

    private readonly PaceFlags _pace = new();
    private readonly Option<string?> _deadline = new("--deadline")
    {
        Description = "When the batch should be done: a time of day such as 06:00, a duration such as 8h, or 2026-11-23T06:00+01:00. Warns if it will be late; stops nothing.",
    };

    private readonly Option<string?> _webhook = new("--webhook") { Description = "An address to notify when the batch ends, halts or will be late; signed with Webhooks__Secret." };
    private readonly EditFlags _edit = new();
    private readonly Option<string>? _scheduled;

    /// <summary>Makes the flags.</summary>
    /// <param name="isScheduled">Whether they are a schedule's: the manifest has a name, and reuse is on.</param>
    public SubmitFlags(bool isScheduled = false)
    {
        if (isScheduled)
        {
            _scheduled = new Option<string>("--manifest") { Required = true, Description = "A .jsonl, .json or .csv file, an http(s) URL, or az://ACCOUNT/CONTAINER/BLOB. Read afresh for each run." };
            _reuse.DefaultValueFactory = _ => true;
        }

        _onUnknown.AcceptOnlyFromAmong("retry", "hold");
        _fetch.AcceptOnlyFromAmong("service", "worker");
        _priority.Validators.Add(result => Between(result, 0, 9));
        _maxAttempts.Validators.Add(result => Between(result, 1, 100));
    }

    public void AddTo(Command command)
    {
        if (_scheduled is null) command.Add(_manifest);
        else command.Add(_scheduled);
        _edit.AddTo(command);
        command.Add(_name);
        command.Add(_priority);
        command.Add(_onUnknown);
        command.Add(_maxAttempts);
        command.Add(_deleteUploads);
        command.Add(_reuse);
        command.Add(_force);
        command.Add(_probe);
        command.Add(_deadline);
        command.Add(_webhook);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_reuse) is { Implicit: false } && result.GetValue(_reuse) && result.GetValue(_force)) result.AddError("--reuse and --force ask for opposite things; give one of them.");
        });
        command.Add(_fetch);
        command.Add(_outputName);
        _pace.AddTo(command);
    }

    /// <summary>The manifest as it was named.</summary>
    public string Manifest(ParseResult parsed) => _scheduled is null ? parsed.GetRequiredValue(_manifest) : parsed.GetRequiredValue(_scheduled);

    /// <summary>What the batch is called, when that was said.</summary>
    public string? Name(ParseResult parsed) => parsed.GetValue(_name);

    /// <summary>The deadline as it was said, or null.</summary>
    /// <exception cref="CliException">It can't be read.</exception>
    public DeadlineText? Deadline(ParseResult parsed) => Deadline(parsed, out _);

    /// <summary>The same, and its text.</summary>
    public DeadlineText? Deadline(ParseResult parsed, out string? text)
    {
        text = parsed.GetValue(_deadline);
        try
        {
            return text is null ? null : DeadlineText.Parse(text);
        }
        catch (FormatException exception)
        {
            throw new CliException($"--deadline {exception.Message}.");
        }
    }

    /// <summary>What the flags say of the batch.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="folder">Where local paths start; null where the flags come from another machine, which may name none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="configuration">Gives what no flag gives.</param>
    /// <exception cref="CliException">The template of output names is none.</exception>
    public NewBatch Read(ParseResult parsed, string? folder, TimeProvider time, IConfiguration configuration)
    {
        var id = BatchIds.Create(time);
        var manifest = Manifest(parsed);
        var defaults = _edit.Read(parsed, folder) with { OutputTemplate = Names(parsed.GetValue(_outputName), id, time, configuration) };
        return new NewBatch(id, parsed.GetValue(_name) ?? (manifest is ManifestSource.StandardInputName ? "standard input" : Path.GetFileName(manifest)), defaults)
        {
            Priority = parsed.GetValue(_priority),
            OnUnknown = parsed.GetRequiredValue(_onUnknown) is "hold" ? OnUnknown.Hold : OnUnknown.Retry,
            MaxAttempts = parsed.GetValue(_maxAttempts),
            DeleteUploads = parsed.GetValue(_deleteUploads),
            Reuse = parsed.GetValue(_force) ? ReuseMode.None : parsed.GetValue(_reuse) ? ReuseMode.Earlier : ReuseMode.Duplicates,
            Deadline = Deadline(parsed)?.At(time.GetUtcNow(), time.LocalTimeZone),
            WebhookUrl = Webhook(parsed.GetValue(_webhook)),
            ProbeEvery = ProbeTime(parsed.GetValue(_probe)),
            FetchedBy = parsed.GetRequiredValue(_fetch) is "worker" ? FetchedBy.Worker : FetchedBy.Service,
            Caps = _pace.Caps(parsed),
            Hours = _pace.Hours(parsed),
        };
    }

    // Never repeated: what comes after the host may be a secret.
    private static string? Webhook(string? url) => url is null ? null
        : !Uri.TryCreate(url, UriKind.Absolute, out var address) ? throw new CliException("--webhook takes an http or https address.")
        : GuardedHandler.FaultOf(address) is { } fault ? throw new CliException($"--webhook: the address {fault}.")
        : url;

    private static TimeSpan? ProbeTime(string? text)
    {
        var time = Times.Parse(text, "--probe");
        return time < TimeSpan.FromSeconds(1) ? throw new CliException($"--probe takes at least a second, not '{text}'.") : time;
    }

    private static OutputTemplate? Names(string? flag, string batchId, TimeProvider time, IConfiguration configuration)
    {
        var (template, source) = flag is null ? (configuration[NameTemplateKey], NameTemplateKey) : (flag, "--output-name");
        if (template is not { Length: > 0 }) return flag is null ? null : throw new CliException("--output-name is empty; leave it out for {batch}/{id}-{n}.{ext}.");
        if (OutputTemplate.FaultOf(template) is { } fault) throw new CliException($"{source} {fault}.");
        return OutputTemplate.Parse(template, batchId, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
    }

    private static void Between(System.CommandLine.Parsing.OptionResult result, int least, int most)
    {
        if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, out var value) || value < least || value > most))
            result.AddError($"{result.Option.Name} must be a whole number from {least} to {most}, not '{result.Tokens[0].Value}'.");
    }
}
