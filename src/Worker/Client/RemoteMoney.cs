using System.Globalization;

namespace Darkroom.Worker.Client;

/// <summary>Money as the API sends it.</summary>
internal static class RemoteMoney
{
    /// <summary>Reads USD.</summary>
    /// <exception cref="FormatException">It is no decimal number.</exception>
    public static decimal Read(string usd) => decimal.Parse(usd, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
