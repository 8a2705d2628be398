namespace Darkroom.Jobs.Editing;

/// <summary>
/// The one way by which text loses its secrets: what looks like one (<see cref="SecretScrubber"/>), and those that this process was configured with, by their
/// letters. Used where logs are written and where errors are stored, whatever was done to the text before.
/// </summary>
public sealed class Redactor
{
    /// <summary>Shorter secrets aren't looked for: they would be found in words. The patterns still find them by their names.</summary>
    public const int LeastLength = 8;

    private readonly SecretForms[] _known;

    /// <summary>Makes one.</summary>
    /// <param name="known">Secrets by their letters; also looked for as they stand in an address and in base64.</param>
    public Redactor(params IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        // The longest first: one may be part of another.
        _known = [.. known.Where(secret => secret.Length >= LeastLength)
            .Distinct(StringComparer.Ordinal)
            .OrderByDescending(secret => secret.Length)
            .Select(secret => new SecretForms(secret))];
    }

    /// <summary>The text without secrets.</summary>
    public string Redact(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var secret in _known) text = secret.Cut(text);
        return SecretScrubber.CutSecrets(text);
    }

    /// <summary>The error without secrets.</summary>
    public ServiceError Redact(ServiceError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error with
        {
            Code = error.Code is null ? null : Redact(error.Code),
            Message = Redact(error.Message),
            Type = error.Type is null ? null : Redact(error.Type),
            Param = error.Param is null ? null : Redact(error.Param),
            DetailsJson = error.DetailsJson is null ? null : Redact(error.DetailsJson),
        };
    }
}
