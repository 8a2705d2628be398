using System.Text;
using System.Text.Json;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// Reads error bodies: OpenAI's, Azure's (<c>inner_error</c>, <c>content_filter_results</c>), FastAPI's (<c>detail</c>), and those of LiteLLM and other proxies, which carry the
/// upstream's error nested, even as JSON or Python's print of it inside the message.
/// </summary>
internal sealed class ErrorBodyReader
{
    // A nested error within a nested error is seen; more is nobody's.
    private const int DeepestText = 3;
    private const int LongestText = 64 * 1024;

    // In the order in which they are shown.
    private static readonly string[] Words = ["title", "error", "message", "msg", "error_message", "error_msg", "error_description", "detail", "errors"];

    private readonly List<string> _categories = [];
    private bool _isModeration;
    private string? _details;
    private string? _filters;

    private ErrorBodyReader()
    {
    }

    /// <summary>The service's own error in a body of status 200, or null when there is none.</summary>
    public static ErrorBody? ReadOwn(JsonElement root) => IsOwn(root) ? Read(root, isOwn: true) : null;

    /// <summary>What a body that has no image says, whoever says it.</summary>
    /// <param name="root">The body.</param>
    /// <param name="isRefusal">Whether the status says that it is an error. A message with a code is one then; under status 200 it may say that all went well.</param>
    public static ErrorBody ReadAny(JsonElement root, bool isRefusal) => Read(root, IsOwn(root) || (isRefusal && HasCodedMessage(root)));

    private static bool IsOwn(JsonElement root) => root.ValueKind switch
    {
        // Gemini wraps its error in an array.
        JsonValueKind.Array => root.GetArrayLength() > 0 && root[0].ValueKind == JsonValueKind.Object && IsOwn(root[0]),
        JsonValueKind.Object => Says(root, "error") || Says(root, "errors")
            // With a title it is a problem document (RFC 9457), which gateways answer as well.
            || (Says(root, "detail") && !Says(root, "title"))
            || AnswerParser.Text(root, "type") == "error" || AnswerParser.Text(root, "object") == "error",
        _ => false,
    };

    private static bool HasCodedMessage(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && Says(root, "message") && (AnswerParser.Text(root, "code") ?? AnswerParser.Text(root, "type")) is not null;

    private static bool Says(JsonElement owner, string name) => owner.TryGetProperty(name, out var value) && value.ValueKind switch
    {
        JsonValueKind.String => AnswerParser.Text(owner, name) is { Length: > 0 },
        JsonValueKind.Object => value.EnumerateObject().Any(),
        JsonValueKind.Array => value.GetArrayLength() > 0,
        _ => false,
    };

    private static ErrorBody Read(JsonElement root, bool isOwn)
    {
        var reader = new ErrorBodyReader();
        reader.LookForModeration(root);
        var body = reader.ReadValue(root, 0);
        return body with { ModerationJson = reader.ModerationJson(), IsModeration = reader._isModeration, IsOwn = isOwn };
    }

    private ErrorBody ReadValue(JsonElement value, int depth) => value.ValueKind switch
    {
        JsonValueKind.String => ReadText(AnswerParser.TextOf(value), depth),
        JsonValueKind.Number => ErrorBody.Empty with { Message = value.GetRawText() },
        JsonValueKind.Array => value.EnumerateArray().Take(20).Select(item => ReadValue(item, depth)).Aggregate(ErrorBody.Empty, (sum, item) => Joined(sum, item, "; ")),
        JsonValueKind.Object when value.TryGetProperty("loc", out var place) && place.ValueKind == JsonValueKind.Array => ReadFault(value, place),
        JsonValueKind.Object => ReadObject(value, depth),
        _ => ErrorBody.Empty,
    };

    private ErrorBody ReadObject(JsonElement value, int depth)
    {
        var inner = ErrorBody.Empty;
        foreach (var word in Words)
            if (value.TryGetProperty(word, out var said)) inner = Joined(inner, ReadValue(said, depth), ": ");
        var outer = new ErrorBody(inner.Message, AnswerParser.Text(value, "type"), AnswerParser.Text(value, "code"), AnswerParser.Text(value, "param"), null);
        // What stands around an error object is about the answer; what is nested in its message is about the error before this one.
        var wraps = value.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object;
        return wraps ? Joined(inner, outer, "") : Joined(outer, inner, "");
    }

    // FastAPI: {"loc":["body","image"],"msg":"Field required","type":"missing"}.
    private static ErrorBody ReadFault(JsonElement fault, JsonElement place)
    {
        var names = new StringBuilder();
        string? last = null;
        foreach (var part in place.EnumerateArray())
        {
            if (AnswerParser.TextOf(part) is not { } name) continue;
            if (part.ValueKind == JsonValueKind.Number) names.Append('[').Append(name).Append(']');
            else names.Append(names.Length == 0 ? "" : ".").Append(last = name);
        }

        var said = AnswerParser.Text(fault, "msg") ?? AnswerParser.Text(fault, "message");
        var message = names.Length == 0 ? said : said is null ? names.ToString() : $"{names}: {said}";
        return new ErrorBody(message, AnswerParser.Text(fault, "type"), null, last, null);
    }

    private ErrorBody ReadText(string? text, int depth)
    {
        var plain = ErrorBody.Empty with { Message = string.IsNullOrWhiteSpace(text) ? null : text };
        if (depth == DeepestText || NestedJson(text) is not { } nested) return plain;
        using (nested)
        {
            LookForModeration(nested.RootElement);
            // The message stays as it came; what it holds says which error it is.
            return ReadValue(nested.RootElement, depth + 1) with { Message = plain.Message };
        }
    }

    private static ErrorBody Joined(ErrorBody one, ErrorBody more, string between) => new(
        one.Message is null ? more.Message
            : more.Message is null || one.Message.Contains(more.Message, StringComparison.Ordinal) ? one.Message
            : more.Message.Contains(one.Message, StringComparison.Ordinal) ? more.Message
            : one.Message + between + more.Message,
        one.Type ?? more.Type, Tells(one.Code) ? one.Code : more.Code ?? one.Code, one.Param ?? more.Param, null);

    // A proxy puts the status in the place of the code.
    private static bool Tells(string? code) => code is not null && !code.All(char.IsAsciiDigit);

    private void LookForModeration(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray()) LookForModeration(item);
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in value.EnumerateObject())
            {
                var name = ErrorBody.Plain(AnswerParser.NameOf(property));
                if (name is "moderationdetails") _details ??= AnswerParser.RawOf(property.Value);
                else if (name is "contentfilterresult" or "contentfilterresults") TakeFilters(property.Value);
                else if (name is "code" or "type" && ErrorBody.NamesModeration(AnswerParser.TextOf(property.Value))) _isModeration = true;
                LookForModeration(property.Value);
            }
        }
    }

    // {"violence":{"filtered":true,"severity":"medium"},"hate":{"filtered":false,"severity":"safe"}}
    private void TakeFilters(JsonElement filters)
    {
        if (filters.ValueKind != JsonValueKind.Object) return;
        foreach (var category in filters.EnumerateObject())
        {
            if (!IsFiltered(category.Value)) continue;
            _isModeration = true;
            _filters ??= AnswerParser.RawOf(filters);
            if (AnswerParser.NameOf(category) is { Length: > 0 } name && !_categories.Contains(name)) _categories.Add(name);
        }
    }

    private static bool IsFiltered(JsonElement verdict) => verdict.ValueKind switch
    {
        JsonValueKind.Object => verdict.TryGetProperty("filtered", out var filtered) && filtered.ValueKind == JsonValueKind.True,
        JsonValueKind.Array => verdict.EnumerateArray().Any(IsFiltered),
        _ => false,
    };

    private string? ModerationJson() => _details ?? (_categories.Count == 0
        ? null
        : $"{{\"categories\":{JsonSerializer.Serialize(_categories)}{(_filters is null ? "" : $",\"content_filter_results\":{_filters}")}}}");

    /// <summary>The object that stands in a text, as JSON or as Python prints it: <c>Error code: 400 - {'error': {'code': 'content_policy_violation', 'param': None}}</c>.</summary>
    internal static JsonDocument? NestedJson(string? text)
    {
        if (text is null || text.Length > LongestText) return null;
        var start = text.IndexOf('{', StringComparison.Ordinal);
        // The first brace may be the sentence's own.
        for (var tries = 0; start >= 0 && tries < 3; tries++, start = text.IndexOf('{', start + 1))
        {
            if (PythonObject(text.AsSpan(start)) is not { } json) continue;
            try
            {
                return JsonDocument.Parse(json);
            }
            catch (JsonException)
            {
                // Braces of another meaning.
            }
        }

        return null;
    }

    private static string? PythonObject(ReadOnlySpan<char> text)
    {
        var json = new StringBuilder(text.Length + 16);
        var depth = 0;
        for (var at = 0; at < text.Length; at++)
        {
            var letter = text[at];
            if (letter is '\'' or '"')
            {
                var length = PythonString(text[at..], json);
                if (length < 0) return null;
                at += length - 1;
            }
            else if (char.IsAsciiLetter(letter))
            {
                var word = Word(text[at..]);
                json.Append(word switch { "None" => "null", "True" => "true", "False" => "false", _ => word });
                at += word.Length - 1;
            }
            else
            {
                json.Append(letter);
                depth += letter is '{' or '[' ? 1 : letter is '}' or ']' ? -1 : 0;
                if (depth == 0) return json.ToString();
            }
        }

        return null;
    }

    private static string Word(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && char.IsAsciiLetter(text[length])) length++;
        return text[..length].ToString();
    }

    // Appends one string as JSON writes it; returns how many characters it had with its quotes, or -1 when it has no end.
    private static int PythonString(ReadOnlySpan<char> text, StringBuilder json)
    {
        json.Append('"');
        for (var at = 1; at < text.Length; at++)
        {
            var letter = text[at];
            if (letter == text[0])
            {
                json.Append('"');
                return at + 1;
            }

            if (letter == '\\' && at + 1 < text.Length)
            {
                var escaped = text[++at];
                if (escaped == 'x' && at + 2 < text.Length) json.Append("\\u00");
                else if (escaped is '"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't' or 'u') json.Append('\\').Append(escaped);
                else json.Append(escaped);
            }
            else if (letter == '"')
            {
                json.Append("\\\"");
            }
            else
            {
                json.Append(letter < ' ' ? ' ' : letter);
            }
        }

        return -1;
    }
}
