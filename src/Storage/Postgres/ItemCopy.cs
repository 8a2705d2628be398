using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Reuse;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>
/// Lays items out as rows of PostgreSQL's binary COPY format and sends them in large pieces: a fraction of the time that a million rows take when they are
/// written column by column. The columns and their order are those of <see cref="Sql.BatchSql.CopyItems"/>.
/// </summary>
internal sealed class ItemCopy : IBufferWriter<byte>, IAsyncDisposable
{
    private const int PieceBytes = 128 * 1024;
    private const short Columns = 11;
    private const byte JsonbVersion = 1;

    private const int FingerprintBytes = 16;

    // What PostgreSQL's binary form has for the ends of time.
    private const long Infinity = long.MaxValue;
    private const long MinusInfinity = long.MinValue;

    // Half of a surrogate pair can't be stored, and is a bug here: the planner refuses it.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly NpgsqlRawCopyStream _copy;
    private readonly byte[] _batchId;
    private readonly IReadOnlySet<int> _canary;
    private readonly DuplicateRows? _duplicates;
    private readonly Utf8JsonWriter _json;
    private byte[] _piece = new byte[2 * PieceBytes];
    private int _length;

    /// <summary>A copy of one batch's items.</summary>
    /// <param name="copy">Where to; stays the caller's to close.</param>
    /// <param name="batch">The batch.</param>
    public ItemCopy(NpgsqlRawCopyStream copy, NewBatch batch)
    {
        (_copy, _batchId, _canary) = (copy, Strict.GetBytes(batch.Id), batch.Canary);
        _duplicates = batch.Reuse == ReuseMode.None ? null : new DuplicateRows();
        _json = new Utf8JsonWriter(this, Relaxed);
        this.Write(Header);
    }

    /// <summary>Rows so far that wait for an equal one.</summary>
    public int Duplicates { get; private set; }

    // "PGCOPY\n\377\r\n\0", no flags, no extension (PostgreSQL's manual, COPY, Binary Format).
    private static ReadOnlySpan<byte> Header => [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static ReadOnlySpan<byte> True => [1];

    private static ReadOnlySpan<byte> False => [0];

    /// <summary>Adds a row; sends what has gathered when it is a piece.</summary>
    public ValueTask AddAsync(PlannedItem item, CancellationToken cancellationToken)
    {
        BinaryPrimitives.WriteInt16BigEndian(GetSpan(sizeof(short)), Columns);
        Advance(sizeof(short));
        Field(_batchId);
        Field(item.Key);
        Field(item.Options.Model ?? throw new InvalidOperationException("A planned item has a model."));
        var at = BeginJson();
        ItemJson.Write(_json, item.Input);
        EndJson(at);
        Field(item.Prompt);
        JsonField(item.Options.ToJson());
        Field(item.OutputName);
        at = BeginJson();
        ItemJson.Write(_json, item.Tags);
        EndJson(at);
        var canary = _canary.Count > 0 && _canary.Contains(item.Ordinal);
        Field(canary ? True : False);
        var fingerprint = item.Fingerprint;
        PutLength(FingerprintBytes);
        fingerprint.TryWriteBytes(GetSpan(FingerprintBytes), bigEndian: true, out _);
        Advance(FingerprintBytes);
        var waits = _duplicates?.MustWait(fingerprint, canary) == true;
        if (waits) Duplicates++;
        PutLength(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(GetSpan(sizeof(long)), waits ? Infinity : MinusInfinity);
        Advance(sizeof(long));
        return _length >= PieceBytes ? SendAsync(cancellationToken) : ValueTask.CompletedTask;
    }

    /// <summary>Ends the rows and sends the rest.</summary>
    public ValueTask EndAsync(CancellationToken cancellationToken)
    {
        BinaryPrimitives.WriteInt16BigEndian(GetSpan(sizeof(short)), -1);
        Advance(sizeof(short));
        return SendAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Advance(int count) => _length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _piece.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _piece.AsSpan(_length);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _json.DisposeAsync();

    private void Field(ReadOnlySpan<byte> value)
    {
        PutLength(value.Length);
        this.Write(value);
    }

    private void Field(string value) => PutText(value, PutLength(0));

    private void JsonField(string json)
    {
        var at = PutLength(0);
        this.Write([JsonbVersion]);
        PutText(json, at);
    }

    private int BeginJson()
    {
        var at = PutLength(0);
        this.Write([JsonbVersion]);
        _json.Reset();
        return at;
    }

    private void EndJson(int at)
    {
        _json.Flush();
        SetLength(at);
    }

    private void PutText(string text, int at)
    {
        Advance(Strict.GetBytes(text, GetSpan(Strict.GetMaxByteCount(text.Length))));
        SetLength(at);
    }

    // The length of a field stands before it, and is known after it.
    private int PutLength(int length)
    {
        var at = _length;
        BinaryPrimitives.WriteInt32BigEndian(GetSpan(sizeof(int)), length);
        Advance(sizeof(int));
        return at;
    }

    private void SetLength(int at) => BinaryPrimitives.WriteInt32BigEndian(_piece.AsSpan(at), _length - at - sizeof(int));

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        await _copy.WriteAsync(_piece.AsMemory(0, _length), cancellationToken);
        _length = 0;
    }

    private void MakeRoom(int wanted)
    {
        wanted = Math.Max(wanted, 1);
        if (_piece.Length - _length < wanted) Array.Resize(ref _piece, Math.Max(2 * _piece.Length, _length + wanted));
    }
}
