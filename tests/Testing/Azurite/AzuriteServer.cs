using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Darkroom.Testing.Azurite;

/// <summary>An Azurite of one's own: a process on a free loopback port, with a folder that goes when it goes.</summary>
public sealed partial class AzuriteServer : IAsyncDisposable
{
    // Azurite's published account; a name and a key that everyone has.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);

    private readonly string _executable;
    private readonly string _folder;
    private readonly ServerCertificate? _certificate;
    private Process _process;
    private volatile bool _disposed;

    private AzuriteServer(string executable, Process process, string folder, ServerCertificate? certificate)
    {
        _executable = executable;
        _certificate = certificate;
        _process = process;
        _folder = folder;
    }

    /// <summary>The account's address.</summary>
    public Uri AccountUri => new($"{(_certificate is null ? "http" : "https")}://127.0.0.1:{Port}/{Account}");

    /// <summary>What a client connects with.</summary>
    public string ConnectionString => ConnectionStringAt(AccountUri);

    /// <summary>What a client connects with that reaches the same account under another address, such as a proxy's.</summary>
    public static string ConnectionStringAt(Uri account) =>
        $"DefaultEndpointsProtocol={account.Scheme};AccountName={Account};AccountKey={Key};BlobEndpoint={account};";

    /// <summary>Its port, which stays the same when it is started again.</summary>
    public int Port { get; private set; }

    /// <summary>Its process, for signals.</summary>
    public int ProcessId => _process.Id;

    /// <summary>What a client connects with that comes through another port.</summary>
    public static string ConnectionStringFor(int port) => ConnectionStringAt(new Uri($"http://127.0.0.1:{port}/{Account}"));

    /// <summary>Starts one and waits until it answers.</summary>
    /// <param name="executable">From <see cref="AzuriteExecutable.Find"/>.</param>
    /// <param name="cancellationToken">Gives up, and leaves no process behind.</param>
    /// <param name="certificate">Serves HTTPS with it, and takes tokens of Entra ID; null for HTTP and keys.</param>
    /// <exception cref="InvalidOperationException">It ended at once, or doesn't answer; with what it printed.</exception>
    public static async Task<AzuriteServer> StartAsync(string executable, CancellationToken cancellationToken, ServerCertificate? certificate = null)
    {
        var folder = Directory.CreateTempSubdirectory("darkroom-azurite-").FullName;
        var (process, printed) = Launch(executable, folder, port: 0, certificate);
        var server = new AzuriteServer(executable, process, folder, certificate);
        AppDomain.CurrentDomain.ProcessExit += server.KillAtExit;
        try
        {
            server.Port = await PortAsync(process, printed, cancellationToken) ?? throw new InvalidOperationException($"Azurite ({executable}) doesn't listen. It printed: {Printed(printed)}");
            if (!await server.AnswersAsync(cancellationToken)) throw new InvalidOperationException($"Azurite ({executable}) doesn't answer on port {server.Port}. It printed: {Printed(printed)}");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for the end of its process, which a signal has asked for.</summary>
    /// <exception cref="OperationCanceledException">It doesn't end.</exception>
    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Starts it again after its process has ended, on what it had stored.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        _process.Dispose();
        (_process, var printed) = Launch(_executable, _folder, Port, _certificate);
        if (!await AnswersAsync(cancellationToken)) throw new InvalidOperationException($"Azurite didn't come back on port {Port}. It printed: {Printed(printed)}");
    }

    /// <summary>Ends the process and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    // It takes a free port by itself and prints which: one looked for before could find another taker until it listens.
    private static async Task<int?> PortAsync(Process process, List<string> printed, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < StartTime && !process.HasExited)
        {
            lock (printed)
            {
                var port = printed.Select(line => ListeningAt().Match(line)).FirstOrDefault(match => match.Success)?.Groups["port"].Value;
                if (port is not null) return int.Parse(port, CultureInfo.InvariantCulture);
            }

            await Task.Delay(20, cancellationToken);
        }

        return null;
    }

    private static (Process Process, List<string> Printed) Launch(string executable, string folder, int port, ServerCertificate? certificate)
    {
        var start = new ProcessStartInfo(executable)
        {
            ArgumentList =
            {
                "--blobHost", "127.0.0.1", "--blobPort", $"{port}", "--location", folder,
                "--silent", "--skipApiVersionCheck", "--loose", "--disableTelemetry",
            },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        if (certificate is not null)
        {
            foreach (var argument in (string[])["--oauth", "basic", "--cert", certificate.WriteCertificate(folder), "--key", certificate.WriteKey(folder)])
                start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{executable} didn't start.");
        var printed = new List<string>();
        process.OutputDataReceived += (_, line) => Keep(printed, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(printed, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return (process, printed);
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var client = _certificate?.CreateClient() ?? new HttpClient();
        client.Timeout = TimeSpan.FromSeconds(5);
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < StartTime && !_process.HasExited)
        {
            try
            {
                // Any status will do: without a signature it refuses, and that is an answer.
                using var answer = await client.GetAsync(new Uri($"{AccountUri}?comp=list"), cancellationToken);
                return !_process.HasExited;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
                await Task.Delay(50, cancellationToken);
            }
        }

        return false;
    }

    private void KillAtExit(object? sender, EventArgs e)
    {
        if (!_disposed && !_process.HasExited) _process.Kill(entireProcessTree: true);
    }

    private static void Keep(List<string> printed, string? line)
    {
        if (line is null) return;
        lock (printed) printed.Add(line);
    }

    private static string Printed(List<string> printed)
    {
        lock (printed) return printed.Count == 0 ? "nothing." : string.Join(Environment.NewLine, printed);
    }

    [GeneratedRegex(@"https?://[^\s/]+:(?<port>\d+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ListeningAt();
}
