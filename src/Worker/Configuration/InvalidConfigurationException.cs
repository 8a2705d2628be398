namespace Darkroom.Worker.Configuration;

/// <summary>Settings that can't be used; each problem names key, value and reason.</summary>
public sealed class InvalidConfigurationException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>One sentence a problem.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
