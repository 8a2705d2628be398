using Spectre.Console;

namespace Darkroom.Worker.Progress;

/// <summary>Progress on a terminal: a bar and a line, redrawn in place.</summary>
public sealed class TerminalLineView : ILineView
{
    private const int BarWidth = 40;
    private readonly IAnsiConsole _console;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _display;
    private readonly Lock _lock = new();
    private LiveDisplayContext? _context;

    /// <summary>Begins the display.</summary>
    public TerminalLineView(IAnsiConsole console)
    {
        _console = console;
        _display = console.Live(Render("starting …", 0)).StartAsync(context =>
        {
            _context = context;
            return _ended.Task;
        });
    }

    /// <inheritdoc/>
    public void Show(string line, double? share = null)
    {
        lock (_lock) _context?.UpdateTarget(Render(line, share ?? 0));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.TrySetResult();
        _display.GetAwaiter().GetResult();
    }

    // Two lines always: one that is too long for the terminal is cut, not wrapped. (Of a single one Spectre would climb up: it asks for "0 lines up", which terminals
    // take for one.)
    private Rows Render(string line, double share)
    {
        // Room for " 100%" behind it.
        var width = Math.Clamp(_console.Profile.Width - 7, 1, BarWidth);
        var done = (int)Math.Round(Math.Clamp(share, 0, 1) * width);
        var most = Math.Max(1, _console.Profile.Width - 1);
        return new Rows(
            new Markup($"[green]{new string('━', done)}[/][grey]{new string('─', width - done)}[/] {Math.Clamp(share, 0, 1):P0}") { Overflow = Overflow.Crop },
            new Text(line.Length <= most ? line : line[..(most - 1)] + "…"));
    }
}
