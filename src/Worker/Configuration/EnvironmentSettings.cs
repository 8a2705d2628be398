namespace Darkroom.Worker.Configuration;

/// <summary>Settings from the environment variables of a command, by the rules of .NET's own provider, which knows those of the process only.</summary>
internal sealed class EnvironmentSettings(IReadOnlyDictionary<string, string> variables) : ConfigurationProvider, IConfigurationSource
{
    // How Azure App Service passes connection strings.
    private static readonly string[] ConnectionPrefixes = ["CUSTOMCONNSTR_", "POSTGRESQLCONNSTR_"];

    /// <inheritdoc/>
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <inheritdoc/>
    public override void Load()
    {
        foreach (var (name, value) in variables)
        {
            var prefix = Array.Find(ConnectionPrefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
            Data[(prefix is null ? name : $"ConnectionStrings:{name[prefix.Length..]}").Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal)] = value;
        }
    }
}
