using Darkroom.Worker.Tests.Ops;
using Microsoft.Playwright;

namespace Darkroom.Worker.Tests.Pages;

/// <summary>The installed browser. Playwright's own isn't downloaded: tests use what the machine has.</summary>
internal static class Chromium
{
    private const string Variable = "DARKROOM_CHROMIUM";
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    /// <summary>Where it is, or null.</summary>
    public static string? Path { get; } = Find();

    /// <summary>Whether a missing browser fails tests, rather than skipping them.</summary>
    public static bool IsRequired => string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The source of axe-core; skips, or fails in CI, where it isn't installed.</summary>
    public static async Task<string> ReadAxeAsync()
    {
        var path = RepositoryFile.PathOf("artifacts", "axe", "node_modules", "axe-core", "axe.min.js");
        if (!File.Exists(path)) Miss("axe-core isn't there. Install it with `npm install --prefix artifacts/axe axe-core`, as ./verify does.");
        return await File.ReadAllTextAsync(path);
    }

    /// <summary>Starts it, with a profile of its own that goes when it ends.</summary>
    public static Task<IBrowser> LaunchAsync(IPlaywright playwright) => playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
    {
        ExecutablePath = Path,
        Args =
        [
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", "--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        ],
    });

    /// <summary>Skips the test, or fails it in CI.</summary>
    public static void Miss(string why)
    {
        if (IsRequired) Assert.Fail(why);
        Assert.Skip(why);
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named) return named;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return Names.SelectMany(name => folders.Select(folder => System.IO.Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}
