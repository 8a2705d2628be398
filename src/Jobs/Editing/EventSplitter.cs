using System.Buffers;
using System.Text;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// Splits <c>text/event-stream</c> (WHATWG HTML, "Server-sent events") that arrives cut anywhere into pieces of data, without holding them.
/// Lines end in CRLF, LF or CR; comments, <c>id</c>, <c>retry</c> and unknown fields are passed over.
/// </summary>
internal sealed class EventSplitter
{
    private const int MaxName = 256;
    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);
    private static readonly SearchValues<byte> FieldEnds = SearchValues.Create("\r\n:"u8);

    // One byte more than the longest field that matters, so that "events" isn't taken for "event".
    private readonly byte[] _field = new byte[6];
    private readonly byte[] _name = new byte[MaxName];
    private int _fieldLength;
    private int _nameLength;
    private string? _nameText;
    private Place _place;
    private Field _kind;
    private bool _afterCr;
    private bool _hasData;

    private enum Place
    {
        Field,
        Space,
        Value,
    }

    private enum Field
    {
        Other,
        Data,
        Event,
    }

    /// <summary>The event's name so far, or null when none was given.</summary>
    public string? Name => _nameLength == 0 ? null : _nameText ??= Encoding.UTF8.GetString(_name, 0, _nameLength);

    /// <summary>Makes ready for the next event, after <see cref="EventPart.End"/>.</summary>
    public void NextEvent()
    {
        _nameLength = 0;
        _nameText = null;
        _hasData = false;
    }

    /// <summary>Takes input up to its end or the next part.</summary>
    public EventStep Step(ReadOnlySpan<byte> input)
    {
        var at = 0;
        while (at < input.Length)
        {
            if (_afterCr)
            {
                _afterCr = false;
                if (input[at] == (byte)'\n')
                {
                    at++;
                    continue;
                }
            }

            switch (_place)
            {
                case Place.Field:
                    var part = TakeField(input, ref at);
                    if (part != EventPart.None) return new EventStep(part, at);
                    break;
                case Place.Space:
                    _place = Place.Value;
                    if (input[at] == (byte)' ') at++;
                    break;
                default:
                    var length = TakeValue(input[at..]);
                    // What came before this piece is handed over as done with first, so that a piece is all of its step.
                    if (_kind == Field.Data && length > 0)
                    {
                        if (at > 0) return new EventStep(EventPart.None, at);
                        return new EventStep(EventPart.Data, length);
                    }

                    at += length;
                    if (at < input.Length) EndLine(input[at++]);
                    break;
            }
        }

        return new EventStep(EventPart.None, at);
    }

    private EventPart TakeField(ReadOnlySpan<byte> input, ref int at)
    {
        var rest = input[at..];
        var end = rest.IndexOfAny(FieldEnds);
        var piece = end < 0 ? rest : rest[..end];
        var kept = Math.Min(piece.Length, _field.Length - _fieldLength);
        piece[..kept].CopyTo(_field.AsSpan(_fieldLength));
        _fieldLength += kept;
        at += piece.Length;
        if (end < 0) return EventPart.None;
        var stop = input[at++];
        if (stop != (byte)':' && _fieldLength == 0)
        {
            EndLine(stop);
            return EventPart.End;
        }

        var name = _field.AsSpan(0, _fieldLength);
        _kind = name.SequenceEqual("data"u8) ? Field.Data : name.SequenceEqual("event"u8) ? Field.Event : Field.Other;
        if (_kind == Field.Event) _nameLength = 0;
        if (stop == (byte)':') _place = Place.Space;
        else EndLine(stop);
        if (_kind != Field.Data) return EventPart.None;
        var further = _hasData;
        _hasData = true;
        return further ? EventPart.LineBreak : EventPart.None;
    }

    private int TakeValue(ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOfAny(LineEnds);
        var piece = end < 0 ? rest : rest[..end];
        if (_kind == Field.Event)
        {
            var kept = Math.Min(piece.Length, MaxName - _nameLength);
            piece[..kept].CopyTo(_name.AsSpan(_nameLength));
            _nameLength += kept;
            _nameText = null;
        }

        return piece.Length;
    }

    private void EndLine(byte stop)
    {
        _afterCr = stop == (byte)'\r';
        _place = Place.Field;
        _fieldLength = 0;
    }
}
