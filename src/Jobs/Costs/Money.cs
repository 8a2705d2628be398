using System.Globalization;

namespace Darkroom.Jobs.Costs;

/// <summary>How money is written wherever a machine reads it. An API, pinned by a test.</summary>
public static class Money
{
    /// <summary>
    /// A plain decimal: <c>0</c> for nothing, else at least 4 decimals and as many more as the amount has; invariant, no
    /// exponent, no grouping, never rounded.
    /// </summary>
    public static string Format(decimal usd) => usd == 0 ? "0" : usd.ToString("0.0000########################", CultureInfo.InvariantCulture);
}
