using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Darkroom.Testing.Azurite;

/// <summary>An Azurite of one's own: a process on a free loopback port, with a folder that goes when it goes.</summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    // Azurite's published account; a name and a key that everyone has.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private const int Tries = 3;
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _folder;

    private AzuriteServer(Process process, string folder, int port, string scheme)
    {
        _process = process;
        _folder = folder;
        AccountUri = new Uri($"{scheme}://127.0.0.1:{port}/{Account}");
    }

    /// <summary>The account's address.</summary>
    public Uri AccountUri { get; }

    /// <summary>What a client connects with.</summary>
    public string ConnectionString => ConnectionStringAt(AccountUri);

    /// <summary>What a client connects with that reaches the same account under another address, such as a proxy's.</summary>
    public static string ConnectionStringAt(Uri account) =>
        $"DefaultEndpointsProtocol={account.Scheme};AccountName={Account};AccountKey={Key};BlobEndpoint={account};";

    /// <summary>Starts one and waits until it answers.</summary>
    /// <param name="executable">From <see cref="AzuriteExecutable.Find"/>.</param>
    /// <param name="cancellationToken">Gives up, and leaves no process behind.</param>
    /// <param name="certificate">Serves HTTPS with it, and takes tokens of Entra ID; null for HTTP and keys.</param>
    /// <exception cref="InvalidOperationException">It ended at once, or doesn't answer; with what it printed.</exception>
    public static async Task<AzuriteServer> StartAsync(string executable, CancellationToken cancellationToken, ServerCertificate? certificate = null)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await TryStartAsync(executable, FreePort(), certificate, cancellationToken);
            }
            catch (InvalidOperationException) when (tries < Tries)
            {
                // The free port may have found another taker meanwhile.
            }
        }
    }

    /// <summary>Ends the process and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<AzuriteServer> TryStartAsync(string executable, int port, ServerCertificate? certificate, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("darkroom-azurite-").FullName;
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
        var server = new AzuriteServer(process, folder, port, certificate is null ? "http" : "https");
        AppDomain.CurrentDomain.ProcessExit += server.KillAtExit;
        try
        {
            if (await server.AnswersAsync(certificate, cancellationToken)) return server;
            throw new InvalidOperationException($"Azurite ({executable}) doesn't answer on port {port}. It printed: {Printed(printed)}");
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private async Task<bool> AnswersAsync(ServerCertificate? certificate, CancellationToken cancellationToken)
    {
        using var client = certificate?.CreateClient() ?? new HttpClient();
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
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
