using System.Globalization;

namespace Darkroom.Simulator.Models;

/// <summary>What a model's name says of what it takes. A name that isn't known is treated like the newest, less what only those refuse.</summary>
/// <param name="Name">As sent.</param>
/// <param name="IsDallE2">Multipart only, one square PNG, square sizes, no usage.</param>
/// <param name="HasFreeSizes">Any WIDTHxHEIGHT within the limits, not only the three.</param>
/// <param name="RefusesInputFidelity">gpt-image-2 and later.</param>
/// <param name="Qualities">The qualities it knows besides <c>auto</c>.</param>
/// <param name="RefusesHighFidelity">-mini: <c>input_fidelity</c> may only be low.</param>
internal sealed record ModelTraits(
    string Name, bool IsDallE2, bool HasFreeSizes, bool RefusesInputFidelity, bool RefusesHighFidelity, IReadOnlyList<string> Qualities)
{
    private const string Prefix = "gpt-image-";

    private static readonly string[] Usual = ["low", "medium", "high"];
    private static readonly string[] Extended = ["low", "medium", "high", "xhigh", "max"];

    /// <summary>The model of a request that names none.</summary>
    public static string Default => "gpt-image-2";

    /// <summary>Reads a name.</summary>
    public static ModelTraits Of(string name)
    {
        if (name == "dall-e-2")
        {
            return new(name, IsDallE2: true, HasFreeSizes: false, RefusesInputFidelity: true, RefusesHighFidelity: true, ["standard"]);
        }

        var version = Version(name);
        return version switch
        {
            < 2 => new(name, false, HasFreeSizes: false, RefusesInputFidelity: false, name.Contains("-mini", StringComparison.Ordinal), Usual),
            < 2.5 => new(name, false, HasFreeSizes: true, RefusesInputFidelity: true, RefusesHighFidelity: true, Usual),
            null => new(name, false, HasFreeSizes: true, RefusesInputFidelity: false, RefusesHighFidelity: false, Extended),
            _ => new(name, false, HasFreeSizes: true, RefusesInputFidelity: true, RefusesHighFidelity: true, Extended),
        };
    }

    private static double? Version(string name)
    {
        if (name == "chatgpt-image-latest")
        {
            return 1.5;
        }

        if (!name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = name[Prefix.Length..];
        var end = rest.IndexOf('-', StringComparison.Ordinal);
        return double.TryParse(end < 0 ? rest : rest[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var version) ? version : null;
    }
}
