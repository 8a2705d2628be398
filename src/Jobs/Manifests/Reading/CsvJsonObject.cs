using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>Gathers cells of a record into the JSON object that a JSON row would have had, so that both forms are read, judged and remembered alike.</summary>
internal sealed class CsvJsonObject
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly Utf8JsonWriter _writer;
    private bool _isOpen;

    public CsvJsonObject() => _writer = new Utf8JsonWriter(_bytes);

    public void AddText(string name, string text)
    {
        Open();
        _writer.WriteString(name, text);
    }

    /// <summary>
    /// Adds an option's cell with the type that the endpoint's parameter has. A cell that doesn't read as its type stays text, to be refused as that. An
    /// option that isn't the endpoint's is a number or a truth value when it reads as one.
    /// </summary>
    public void AddOption(string name, string text)
    {
        var kind = EditParameters.All.TryGetValue(name, out var parameter) ? parameter.Kind : (EditParameters.Kind?)null;
        if (kind is EditParameters.Kind.Integer or null && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            Open();
            _writer.WriteNumber(name, number);
        }
        else if (kind is EditParameters.Kind.Boolean or null && bool.TryParse(text, out var truth))
        {
            Open();
            _writer.WriteBoolean(name, truth);
        }
        else
        {
            AddText(name, text);
        }
    }

    /// <summary>The object, or nothing when no cell was added. Valid until the next cell, which begins a new one.</summary>
    public ReadOnlySpan<byte> Take()
    {
        if (!_isOpen) return [];
        _writer.WriteEndObject();
        _writer.Flush();
        _isOpen = false;
        return _bytes.WrittenSpan;
    }

    private void Open()
    {
        if (_isOpen) return;
        _isOpen = true;
        _bytes.ResetWrittenCount();
        _writer.Reset();
        _writer.WriteStartObject();
    }
}
