using System.Globalization;
using Darkroom.Jobs.Editing;

namespace Darkroom.Worker.Telemetry;

/// <summary>Takes the secrets out of what attributes hold: texts, lists of texts, and whatever would be written as text.</summary>
internal static class RedactedValues
{
    /// <summary>The value without secrets; the same object where it has none.</summary>
    public static object? Redact(this Redactor redactor, object? value)
    {
        switch (value)
        {
            case null or bool or char or double or float or decimal or sbyte or byte or short or ushort or int or uint or long or ulong or TimeSpan or DateTime or DateTimeOffset or Guid or Enum:
                return value;
            case IEnumerable<string> texts:
                var list = texts.ToArray();
                var clean = Array.ConvertAll(list, text => text is null ? null! : redactor.Redact(text));
                return list.SequenceEqual(clean, StringComparer.Ordinal) ? value : clean;
            case Array { Length: > 0 } array when array.GetType().GetElementType() is { IsPrimitive: true }:
                return value;
            default:
                var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
                var redacted = redactor.Redact(text);
                return redacted == text ? value : redacted;
        }
    }

    /// <summary>The attributes without secrets; the same list where they have none.</summary>
    public static IReadOnlyList<KeyValuePair<string, object?>> Redact(this Redactor redactor, IReadOnlyList<KeyValuePair<string, object?>> attributes)
    {
        List<KeyValuePair<string, object?>>? clean = null;
        for (var i = 0; i < attributes.Count; i++)
        {
            var value = redactor.Redact(attributes[i].Value);
            if (ReferenceEquals(value, attributes[i].Value)) continue;
            clean ??= [.. attributes];
            clean[i] = KeyValuePair.Create(attributes[i].Key, value);
        }

        return clean ?? attributes;
    }

    /// <summary>The scope without secrets; the same object where it has none.</summary>
    public static object? RedactScope(this Redactor redactor, object? scope) => scope switch
    {
        IReadOnlyList<KeyValuePair<string, object?>> pairs => Pairs(redactor, pairs, scope),
        IEnumerable<KeyValuePair<string, object?>> pairs => Pairs(redactor, [.. pairs], scope),
        _ => redactor.Redact(scope),
    };

    private static object Pairs(Redactor redactor, IReadOnlyList<KeyValuePair<string, object?>> pairs, object scope)
    {
        var clean = redactor.Redact(pairs);
        // The scope's own text, as the console writes it, is made of the same values; it is redacted there.
        return ReferenceEquals(clean, pairs) ? scope : clean;
    }
}
