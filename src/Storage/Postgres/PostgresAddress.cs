using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Darkroom.Jobs.Manifests.Planning;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>
/// Reads connection strings: Npgsql's own keywords, and addresses as libpq and hosted databases give them (<c>postgres://user:password@host:5432/database?sslmode=require</c>).
/// Its errors never repeat a value, nor a name that may be a piece of a password.
/// </summary>
public static partial class PostgresAddress
{
    private const string Forms = "it takes Host=…;Port=…;Database=…;Username=…;Password=…, or postgres://USER:PASSWORD@HOST:PORT/DATABASE";
    private const string Encode = "in a password, write % as %25, / as %2F, ? as %3F, # as %23, @ as %40 and : as %3A";

    private static readonly string[] Usual =
    [
        "Host", "Port", "Database", "Username", "User ID", "Password", "Passfile", "Timeout", "Command Timeout", "Application Name", "Options", "SSL Mode", "Root Certificate",
        "Trust Server Certificate", "Maximum Pool Size", "Minimum Pool Size", "Pooling", "Keepalive", "Search Path", "Target Session Attributes", "Max Auto Prepare",
    ];

    // libpq's names of parameters, by Npgsql's keywords.
    private static readonly Dictionary<string, string> Parameters = new(StringComparer.Ordinal)
    {
        ["dbname"] = "Database",
        ["user"] = "Username",
        ["password"] = "Password",
        ["passfile"] = "Passfile",
        ["connect_timeout"] = "Timeout",
        ["application_name"] = "Application Name",
        ["options"] = "Options",
        ["client_encoding"] = "Client Encoding",
        ["sslmode"] = "SSL Mode",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslpassword"] = "SSL Password",
        ["sslrootcert"] = "Root Certificate",
        ["sslnegotiation"] = "SSL Negotiation",
        ["channel_binding"] = "Channel Binding",
        ["require_auth"] = "Require Auth",
        ["gssencmode"] = "GSS Encryption Mode",
        ["krbsrvname"] = "Kerberos Service Name",
        ["target_session_attrs"] = "Target Session Attributes",
        ["load_balance_hosts"] = "Load Balance Hosts",
        ["keepalives"] = "TCP Keepalive",
    };

    /// <summary>The connection string by Npgsql's keywords.</summary>
    /// <exception cref="FormatException">It can't be read; the message is a clause without its subject, and holds no value.</exception>
    public static NpgsqlConnectionStringBuilder Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Trim();
        var scheme = Scheme().Match(text);
        var settings = !scheme.Success ? ReadKeywords(text)
            : scheme.Groups["name"].Value.ToUpperInvariant() is "POSTGRES" or "POSTGRESQL" ? ReadUri(text[scheme.Length..])
            : throw new FormatException($"it is an address of another kind than postgres://; {Forms}");
        if (string.IsNullOrEmpty(settings.Host)) throw new FormatException($"it names no host; {Forms}");
        if (settings.Host.Any(char.IsWhiteSpace)) throw new FormatException($"its host has a space in it; keywords are separated by semicolons: {Forms}");
        // Of several servers, the one that takes writes.
        if (settings.TargetSessionAttributes is null && settings.Host.Contains(',', StringComparison.Ordinal)) settings.TargetSessionAttributes = "read-write";
        return settings;
    }

    private static NpgsqlConnectionStringBuilder ReadKeywords(string text)
    {
        DbConnectionStringBuilder given;
        try
        {
            given = new DbConnectionStringBuilder { ConnectionString = text };
        }
        catch (ArgumentException)
        {
#pragma warning disable MA0054 // The inner exception quotes the text, which may be a piece of the password.
            throw new FormatException($"it can't be read; {Forms}; a value with ; or = in it stands in quotes");
#pragma warning restore MA0054
        }

        var settings = new NpgsqlConnectionStringBuilder();
        var place = 0;
        foreach (string keyword in given.Keys)
        {
            place++;
            // Npgsql's ContainsKey says whether there is such a keyword at all.
            if (!settings.ContainsKey(keyword))
            {
                // What isn't like a keyword may be the rest of a password with a semicolon in it.
                throw new FormatException(NearestName.Find(keyword, Usual) is { } meant
                    ? $"there is no keyword '{keyword}'; did you mean {meant}?"
                    : $"its keyword number {place.ToString(CultureInfo.InvariantCulture)} doesn't exist; a value with ; or = in it stands in quotes");
            }

            Set(settings, keyword, $"{given[keyword]}", keyword);
        }

        return settings;
    }

    private static NpgsqlConnectionStringBuilder ReadUri(string rest)
    {
        var end = rest.IndexOfAny(['/', '?']);
        var authority = end < 0 ? rest : rest[..end];
        var tail = end < 0 ? "" : rest[end..];
        var mark = tail.IndexOf('?', StringComparison.Ordinal);
        var path = (mark < 0 ? tail : tail[..mark]).TrimStart('/');
        var settings = new NpgsqlConnectionStringBuilder();

        // The last @: people forget to encode those in a password.
        var at = authority.LastIndexOf('@');
        if (at < 0 && path.Contains('@', StringComparison.Ordinal)) throw new FormatException($"it can't be read: {Encode}");
        if (at >= 0)
        {
            var colon = authority.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || colon > at) colon = at;
            if (colon > 0) settings.Username = Decode(authority[..colon]);
            if (colon < at) settings.Password = Decode(authority[(colon + 1)..at]);
        }

        if (path.Length > 0) settings.Database = Decode(path);
        var (hosts, ports) = ReadHosts(authority[(at + 1)..]);
        if (mark >= 0) ReadQuery(settings, tail[(mark + 1)..], ref hosts, ref ports);
        if (ports.Count > 1 && ports.Count != hosts.Count) throw new FormatException("it has another number of ports than of hosts");
        var places = hosts.Select((host, index) => (Host: host.Length == 0 ? "localhost" : host, Port: ports.Count == 0 ? null : ports[ports.Count == 1 ? 0 : index])).ToList();
        if (places is [var only])
        {
            settings.Host = only.Host;
            if (only.Port is { } port) settings.Port = port;
        }
        else
        {
            settings.Host = string.Join(',', places.Select(place => (place.Host.Contains(':', StringComparison.Ordinal) ? $"[{place.Host}]" : place.Host) + (place.Port is { } port ? $":{port}" : "")));
        }

        return settings;
    }

    private static (List<string> Hosts, List<int?> Ports) ReadHosts(string text)
    {
        var (hosts, ports) = (new List<string>(), new List<int?>());
        foreach (var place in text.Split(','))
        {
            var close = place.StartsWith('[') ? place.IndexOf(']', StringComparison.Ordinal) : -1;
            if (place.StartsWith('[') && close < 0) throw new FormatException("an IPv6 address in it has no closing bracket");
            var colon = place.IndexOf(':', close + 1);
            if (close >= 0 && close + 1 != place.Length && colon != close + 1) throw new FormatException("what follows an IPv6 address in brackets must be a colon and a port");
            if (close < 0 && colon >= 0 && place.IndexOf(':', colon + 1) >= 0) throw new FormatException($"its host has several colons: an IPv6 address stands in brackets, as in [::1]:5432; {Encode}");
            hosts.Add(Decode(close >= 0 ? place[1..close] : colon < 0 ? place : place[..colon]));
            ports.Add(colon < 0 ? null : PortOf(place[(colon + 1)..]));
        }

        return (hosts, ports);
    }

    private static void ReadQuery(NpgsqlConnectionStringBuilder settings, string query, ref List<string> hosts, ref List<int?> ports)
    {
        // user:pass?word@host: no @ in front of the ?, and one behind it.
        var mayBePassword = settings.Username is null && settings.Password is null && query.Contains('@', StringComparison.Ordinal);
        foreach (var part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new FormatException($"a part behind its ? isn't NAME=VALUE; {Encode}");
            var (name, value) = (Decode(part[..equals]), Decode(part[(equals + 1)..]));
            if (value.Length == 0) continue;
            switch (name)
            {
                case "host":
                    hosts = [.. value.Split(',')];
                    if (ports.TrueForAll(port => port is null)) ports = [];
                    break;
                case "port":
                    ports = [.. value.Split(',').Select(PortOf)];
                    break;
                // Only used where there is no name.
                case "fallback_application_name":
                    if (string.IsNullOrEmpty(settings.ApplicationName)) settings.ApplicationName = value;
                    break;
                // Without a file, Npgsql asks the system.
                case "sslrootcert" when value == "system":
                    break;
                default:
                    Set(settings, KeywordOf(settings, name, mayBePassword), ValueOf(name, value), name);
                    break;
            }
        }
    }

    private static string KeywordOf(NpgsqlConnectionStringBuilder settings, string name, bool mayBePassword)
    {
        if (Parameters.TryGetValue(name, out var keyword)) return keyword;
        if (settings.ContainsKey(name)) return name;
        if (mayBePassword || !Name().IsMatch(name)) throw new FormatException($"a parameter behind its ? doesn't exist; {Encode}");
        var hint = NearestName.Find(name, Parameters.Keys.Concat(Usual).Append("host").Append("port")) is { } meant ? $"; did you mean {meant}?" : "";
        throw new FormatException($"there is no parameter '{name}'{hint}");
    }

    private static string ValueOf(string name, string value) => name switch
    {
        "sslmode" => value.Replace("-", "", StringComparison.Ordinal),
        "load_balance_hosts" => value is "random" ? "true" : value is "disable" ? "false" : value,
        "keepalives" => value is "1" ? "true" : value is "0" ? "false" : value,
        _ => value,
    };

    private static void Set(NpgsqlConnectionStringBuilder settings, string keyword, string value, string name)
    {
        try
        {
            settings[keyword] = value;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException or InvalidCastException or NotSupportedException)
        {
#pragma warning disable MA0054 // The inner exception quotes the value.
            throw new FormatException($"the value of {name} can't be used");
#pragma warning restore MA0054
        }
    }

    private static int? PortOf(string text) =>
        text.Length == 0 ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535 ? port
        : throw new FormatException($"its port isn't a number from 1 to 65535; {Encode}");

    private static string Decode(string text) =>
        BadEscape().IsMatch(text) ? throw new FormatException($"a % in it isn't followed by two hexadecimal digits; {Encode}") : Uri.UnescapeDataString(text);

    [GeneratedRegex(@"^(?<name>[A-Za-z][A-Za-z0-9+.:-]*)://", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Scheme();

    [GeneratedRegex("^[A-Za-z_ ]{1,40}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Name();

    [GeneratedRegex("%(?![0-9A-Fa-f]{2})", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex BadEscape();
}
