using System.Text;

namespace Darkroom.Jobs.Editing;

/// <summary>A secret that is known by its letters, in every form that it turns up in: as it is, as in an address, and in base64, alone or as part of <c>user:secret</c>.</summary>
internal sealed class SecretForms
{
    private readonly string[] _plain;
    private readonly string[] _inBase64;

    public SecretForms(string secret)
    {
        _plain = [secret, Uri.EscapeDataString(secret)];
        var standard = Enumerable.Range(0, 3).Select(before => CoreOf(secret, before)).Append(Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('=')).ToArray();
        _inBase64 = [.. standard.Concat(standard.Select(text => text.Replace('+', '-').Replace('/', '_')))
            .Concat(standard.Select(Uri.EscapeDataString)).Where(text => text.Length >= Redactor.LeastLength).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The text without it.</summary>
    public string Cut(string text)
    {
        foreach (var form in _plain) text = text.Replace(form, "***", StringComparison.Ordinal);
        foreach (var form in _inBase64) text = CutRun(text, form);
        return text;
    }

    // What the base64 of any text with the secret in it has, if so many bytes modulo three are before it: without the letters that share bits with the neighbours.
    private static string CoreOf(string secret, int before)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        var first = (before * 8 + 5) / 6;
        var last = (before + bytes.Length) * 8 / 6;
        return Convert.ToBase64String([.. new byte[before], .. bytes])[first..last];
    }

    // The whole run of base64 around it goes: its ends hold bits of the secret.
    private static string CutRun(string text, string form)
    {
        for (var at = text.IndexOf(form, StringComparison.Ordinal); at >= 0; at = text.IndexOf(form, at, StringComparison.Ordinal))
        {
            var (start, end) = (at, at + form.Length);
            while (start > 0 && IsBase64(text[start - 1])) start--;
            while (end < text.Length && (IsBase64(text[end]) || text[end] == '=')) end++;
            text = $"{text[..start]}***{text[end..]}";
            at = start;
        }

        return text;
    }

    private static bool IsBase64(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '+' or '/' or '-' or '_' or '%';
}
