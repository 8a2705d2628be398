using System.Text.Json;
using Darkroom.Simulator.Http;

namespace Darkroom.Simulator.Requests;

/// <summary>Reads the members of a JSON object and keeps the first thing that is wrong. A member that is null counts as absent.</summary>
internal sealed class FieldReader(JsonElement body)
{
    /// <summary>The first refusal, or null.</summary>
    public ServiceError? Error { get; private set; }

    /// <summary>Notes a refusal, unless there is one already.</summary>
    public void Refuse(string code, string message, string? param) => Error ??= ServiceError.BadRequest(code, message, param);

    /// <summary>Whether a member is there; <paramref name="value"/> is it.</summary>
    public bool Has(string name, out JsonElement value) => body.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A text of 1 to <paramref name="max"/> characters, or null.</summary>
    public string? Text(string name, int max)
    {
        if (!Has(name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            RefuseType(name, "a string", value);
            return null;
        }

        var text = value.GetString()!;
        if (text.Length == 0)
        {
            Refuse("empty_string", $"Invalid '{name}': empty string. Expected a string with minimum length 1, but got an empty string instead.", name);
        }
        else if (text.Length > max)
        {
            Refuse(
                "string_above_max_length",
                $"Invalid '{name}': string too long. Expected a string with maximum length {max}, but got a string with length {text.Length} instead.", name);
        }

        return text;
    }

    /// <summary>One of some words, or null.</summary>
    public string? Choice(string name, params IReadOnlyList<string> words)
    {
        var text = Text(name, int.MaxValue);
        if (text is not null && !words.Contains(text, StringComparer.Ordinal))
        {
            RefuseValue(name, text, words);
        }

        return text;
    }

    /// <summary>A whole number within bounds, or null.</summary>
    public int? Whole(string name, int min, int max)
    {
        if (!Has(name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var number))
        {
            RefuseType(name, "an integer", value);
            return null;
        }

        if (number < min)
        {
            Refuse("integer_below_min_value", $"Invalid '{name}': integer below minimum value. Expected a value >= {min}, but got {number} instead.", name);
        }
        else if (number > max)
        {
            Refuse("integer_above_max_value", $"Invalid '{name}': integer above maximum value. Expected a value <= {max}, but got {number} instead.", name);
        }

        return number;
    }

    /// <summary>True or false, or null.</summary>
    public bool? Flag(string name)
    {
        if (!Has(name, out var value))
        {
            return null;
        }

        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            RefuseType(name, "a boolean", value);
            return null;
        }

        return value.GetBoolean();
    }

    /// <summary>Refuses a word that isn't among those supported.</summary>
    public void RefuseValue(string name, string text, IReadOnlyList<string> words)
    {
        var list = words.Count == 1 ? $"'{words[0]}'" : string.Join(", ", words.SkipLast(1).Select(w => $"'{w}'")) + $", and '{words[^1]}'";
        Refuse("invalid_value", $"Invalid value: '{text}'. Supported values are: {list}.", name);
    }

    /// <summary>Refuses a member of the wrong type.</summary>
    public void RefuseType(string name, string expected, JsonElement value)
    {
        var got = value.ValueKind switch
        {
            JsonValueKind.String => "a string",
            JsonValueKind.Number => "a number",
            JsonValueKind.True or JsonValueKind.False => "a boolean",
            JsonValueKind.Array => "an array",
            JsonValueKind.Object => "an object",
            _ => "null",
        };
        Refuse("invalid_type", $"Invalid type for '{name}': expected {expected}, but got {got} instead.", name);
    }

    /// <summary>Refuses every member that isn't among the known ones.</summary>
    /// <param name="prefix">Stands before the name in the message: <c>images[0].</c>.</param>
    public void RefuseUnknown(IReadOnlyCollection<string> known, string prefix = "")
    {
        foreach (var member in body.EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                Refuse("unknown_parameter", $"Unknown parameter: '{prefix}{member.Name}'.", prefix + member.Name);
            }
        }
    }
}
