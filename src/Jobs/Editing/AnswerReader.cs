using System.Buffers;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// Reads a 200 answer, JSON or events, off its stream and writes its images to a sink as they come. Memory is bounded whatever the size of the
/// images: two pooled buffers and a skeleton. Breaks of the transfer are exceptions; everything that an answer can be wrong in is an
/// <see cref="Answer.Fault"/>.
/// </summary>
internal sealed class AnswerReader(IOutputSink sink, long maxBytes) : IAsyncDisposable
{
    // Below the size from which .NET keeps arrays on a heap of their own: with hundreds in flight the pool lets most go, and there they would pile up.
    private const int BufferSize = 32 * 1024;

    private readonly ImageScanner _scanner = new();
    private readonly EventSplitter _splitter = new();
    private readonly OutputWriter _output = new(sink);
    private readonly ImageSpool _spool = new();
    private readonly List<string> _urls = [];
    // Rented while it reads.
    private byte[] _decoded = [];
    private bool _isEvents;
    private bool _isDone;
    private bool _isWhole;
    private int _images;
    private string? _usage;
    private string? _usageAlone;
    private int _unaccounted;
    private ErrorBody? _error;
    private ServiceError? _fault;

    private enum Target
    {
        Output,
        Spool,
        Nowhere,
    }

    /// <summary>Where final images go; downloads of images that came as addresses are written here too.</summary>
    public OutputWriter Output => _output;

    /// <summary>What has been read so far.</summary>
    public Answer Answer => new(_images, _urls, UsageSum.HasTokens(_usage) ? UsageSum.Note(_usage, _unaccounted) : _usageAlone ?? _usage, _isWhole, _error, _fault);

    /// <summary>Whether a stream of events has brought that many final images and stands between two events: a break then costs nothing.</summary>
    public bool HasAll(int wanted) => _isEvents && _images >= wanted && !_output.IsOpen && _output.Images == _images;

    /// <summary>Reads to the end, to <c>[DONE]</c>, or to the first fault.</summary>
    /// <param name="body">The answer's body.</param>
    /// <param name="mayBeEvents">Whether it is declared or was asked for as events; a body that begins with a brace is JSON all the same.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public async Task ReadAsync(Stream body, bool mayBeEvents, CancellationToken cancellationToken)
    {
        var rented = ArrayPool<byte>.Shared.Rent(BufferSize);
        _decoded = ArrayPool<byte>.Shared.Rent(Base64Decoder.OutputFor(BufferSize));
        try
        {
            await ReadAsync(body, mayBeEvents, rented.AsMemory(0, BufferSize), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
            ArrayPool<byte>.Shared.Return(_decoded);
            _decoded = [];
        }
    }

    /// <summary>Closes what is open.</summary>
    public async ValueTask DisposeAsync()
    {
        await _spool.DisposeAsync();
        await _output.DisposeAsync();
    }

    private async Task ReadAsync(Stream body, bool mayBeEvents, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var filled = 0;
        int read;
        // The first character that means something tells JSON from events, so that one is waited for.
        do
        {
            read = await body.ReadAsync(buffer[filled..], cancellationToken);
            filled += read;
        }
        while (read > 0 && filled < BufferSize && Start(buffer.Span[..filled]) is null);

        var start = Start(buffer.Span[..filled]) ?? 0;
        _isEvents = mayBeEvents && (start == filled || buffer.Span[start] != (byte)'{');
        var rest = buffer[start..filled];
        long total = 0;
        while (!rest.IsEmpty)
        {
            total += rest.Length;
            if (total > maxBytes) Fail("too_large", $"The answer is larger than {maxBytes} bytes.");
            else if (_isEvents) await TakeEventsAsync(rest, cancellationToken);
            else await TakeJsonAsync(rest, cancellationToken);
            if (_fault is not null || _isDone) return;
            rest = buffer[..await body.ReadAsync(buffer, cancellationToken)];
        }

        if (!_isEvents) EndJson();
        else if (!_scanner.IsOpen) await EndEventAsync(cancellationToken);
    }

    // The place of the first character behind a byte order mark and space, or null when it hasn't come.
    private static int? Start(ReadOnlySpan<byte> head)
    {
        var mark = head.StartsWith("\uFEFF"u8) ? 3 : 0;
        var start = head[mark..].IndexOfAnyExcept(" \t\r\n"u8);
        return start < 0 || (head.Length < 3 && head[0] == 0xEF) ? null : mark + start;
    }

    private async ValueTask TakeEventsAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty && _fault is null && !_isDone)
        {
            var step = _splitter.Step(bytes.Span);
            if (step.Part == EventPart.Data) await TakeJsonAsync(bytes[..step.Consumed], cancellationToken);
            else if (step.Part == EventPart.LineBreak) await TakeJsonAsync("\n"u8.ToArray(), cancellationToken);
            else if (step.Part == EventPart.End) await EndEventAsync(cancellationToken);
            bytes = bytes[step.Consumed..];
        }
    }

    private async ValueTask TakeJsonAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty && _fault is null)
        {
            var step = _scanner.Step(bytes.Span, _decoded);
            bytes = bytes[step.Consumed..];
            var target = CurrentTarget();
            if (step.Written > 0 && target == Target.Output) await _output.WriteAsync(_decoded.AsMemory(0, step.Written), cancellationToken);
            else if (step.Written > 0 && target == Target.Spool) await _spool.WriteAsync(_decoded.AsMemory(0, step.Written), cancellationToken);
            switch (step.Event)
            {
                case ScanEvent.ImageStarted when target != Target.Nowhere && _output.Images + _spool.Count >= AnswerParser.MaxImages:
                    FailTooMany();
                    break;
                case ScanEvent.ImageStarted when target == Target.Spool:
                    _spool.Begin();
                    break;
                case ScanEvent.ImageEnded when target == Target.Output:
                    await _output.EndAsync(cancellationToken);
                    break;
                case ScanEvent.ImageBroken when target == Target.Output:
                    FailBase64();
                    break;
                case ScanEvent.ImageBroken when target == Target.Spool:
                    _spool.HasBroken = true;
                    break;
                case ScanEvent.TooLarge when target == Target.Nowhere:
                    Fail("too_large", "An event is too large or nested too deep.");
                    break;
                case ScanEvent.TooLarge:
                    Fail("too_large", $"The answer has more than {ImageScanner.MaxSkeleton} bytes beside its images, or is nested too deep.");
                    break;
            }
        }
    }

    private Target CurrentTarget() => !_isEvents ? Target.Output : EventKinds.Of(_splitter.Name) switch
    {
        EventKind.Final => Target.Output,
        EventKind.Untold => Target.Spool,
        // A preview that breaks off must leave no trace, so it waits for its event's end, too.
        EventKind.Partial when _output.KeepsPartials => Target.Spool,
        _ => Target.Nowhere,
    };

    private void EndJson()
    {
        if (_scanner.IsOpen)
        {
            _fault = new ServiceError(ErrorClasses.UnknownOutcome, "cut_short", "The answer ended before its JSON did.");
            return;
        }

        var parsed = AnswerParser.Parse(_scanner.Skeleton, _scanner.Images);
        if (parsed is null) Fail("not_json", "The answer is not a JSON object.");
        else if (!parsed.ImagesAgree) FailContradiction();
        else Keep(parsed);
    }

    private async ValueTask EndEventAsync(CancellationToken cancellationToken)
    {
        var parsed = AnswerParser.Parse(_scanner.Skeleton, _scanner.Images);
        _isDone = _scanner.Skeleton.Span.Trim(" \t\n"u8).SequenceEqual("[DONE]"u8);
        var named = EventKinds.Of(_splitter.Name);
        var typed = EventKinds.Of(parsed?.Type);
        var kind = Decide(named, typed, parsed);
        if (kind == EventKind.Error) _error ??= parsed?.Error ?? parsed?.Said ?? PlainError();
        else if (parsed is null && (named == EventKind.Final || (named == EventKind.Untold && _spool.Count > 0))) Fail("not_json", "A completed event is not a JSON object.");
        else if (Contradict(named, typed)) FailContradiction();
        else if (kind == EventKind.Final && !parsed!.ImagesAgree) FailContradiction();
        else if (kind == EventKind.Final && _spool.HasBroken) FailBase64();
        else if (kind == EventKind.Final) await KeepEventAsync(parsed!, cancellationToken);
        else if (kind == EventKind.Partial && _output.KeepsPartials && parsed is { ImagesAgree: true } && !_spool.HasBroken)
            await _spool.CopyPartialsAsync(_output, _decoded, cancellationToken);
        // Some servers tell the usage of all in an event of its own, at the end.
        else if (kind == EventKind.Other && UsageSum.HasTokens(parsed?.UsageJson)) _usageAlone = parsed!.UsageJson;
        await _spool.DisposeAsync();
        _scanner.Reset();
        _splitter.NextEvent();
    }

    // A gateway in the way of a stream writes what it likes.
    private ErrorBody PlainError()
    {
        var text = System.Text.Encoding.UTF8.GetString(_scanner.Skeleton.Span[..Math.Min(_scanner.Skeleton.Length, SecretScrubber.MaxLength)]);
        return ErrorBody.Empty with { Message = string.IsNullOrWhiteSpace(text) ? null : text };
    }

    private static bool Contradict(EventKind named, EventKind typed) =>
        named != typed && named != EventKind.Untold && typed != EventKind.Untold && (named == EventKind.Final || typed == EventKind.Final);

    private EventKind Decide(EventKind named, EventKind typed, ParsedAnswer? parsed)
    {
        if (named == EventKind.Error || typed == EventKind.Error) return EventKind.Error;
        var told = named == EventKind.Untold ? typed : named;
        if (told != EventKind.Untold || parsed is null) return told;
        if (parsed.Error is not null) return EventKind.Error;
        return _scanner.Images > 0 || parsed.Urls.Count > 0 ? EventKind.Final : EventKind.Other;
    }

    private async ValueTask KeepEventAsync(ParsedAnswer parsed, CancellationToken cancellationToken)
    {
        await _spool.CopyToAsync(_output, _decoded, cancellationToken);
        Keep(parsed);
    }

    private void Keep(ParsedAnswer parsed)
    {
        if (!UsageSum.HasTokens(parsed.UsageJson)) _unaccounted += _output.Images - _images + parsed.Urls.Count;
        _images = _output.Images;
        _urls.AddRange(parsed.Urls);
        _usage = UsageSum.Add(_usage, parsed.UsageJson);
        _error ??= parsed.Error ?? (parsed.Said is { Message: not null } said ? said : null);
        _isWhole = true;
        if (_urls.Count > AnswerParser.MaxImages) FailTooMany();
    }

    private void FailTooMany() => Fail("too_many_images", $"The answer has more than {AnswerParser.MaxImages} images.");

    private void FailBase64() => Fail("broken_base64", "An image of the answer is not base64.");

    private void FailContradiction() => Fail("contradiction", "The answer says two things of one image.");

    private void Fail(string code, string message) => _fault = new ServiceError(ErrorClasses.BadAnswer, code, message);
}
