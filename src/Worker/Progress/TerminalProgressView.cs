using Spectre.Console;
using Spectre.Console.Rendering;

namespace Darkroom.Worker.Progress;

/// <summary>Progress on a terminal: a bar and the numbers, redrawn in place.</summary>
public sealed class TerminalProgressView : IProgressView
{
    private const int BarWidth = 40;
    private readonly IAnsiConsole _console;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _display;
    private LiveDisplayContext? _context;

    /// <summary>Begins the display.</summary>
    public TerminalProgressView(IAnsiConsole console)
    {
        _console = console;
        _display = _console.Live(new Text("starting …")).StartAsync(context =>
        {
            _context = context;
            return _ended.Task;
        });
    }

    /// <inheritdoc/>
    public void Show(ProgressLine line) => _context?.UpdateTarget(Render(line));

    /// <inheritdoc/>
    public void ShowTrouble(string text) => _context?.UpdateTarget(new Text(text, new Style(Color.Yellow)));

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.TrySetResult();
        _display.GetAwaiter().GetResult();
    }

    private static Rows Render(ProgressLine line)
    {
        var items = line.Status.Items;
        var share = items.Total == 0 ? 0 : (double)items.Ended / items.Total;
        var good = items.Total == 0 ? 0 : (int)Math.Round((double)items.Good / items.Total * BarWidth);
        var bad = (int)Math.Round(share * BarWidth) - good;
        var bar = new Markup($"[green]{new string('━', good)}[/][red]{new string('━', Math.Max(0, bad))}[/][grey]{new string('─', Math.Max(0, BarWidth - good - bad))}[/] "
            + $"{share:P0}  [bold]{items.Ended}[/] of {items.Total} done");
        var numbers = new Grid().AddColumns(6).AddRow(
            Label("failed"), Value(line.Bad.ToString()), Label("in flight"), Value(items.Sending.ToString()), Label("rate"), Value(line.Rate)).AddRow(
            Label("cost"), Value(line.Cost), Label("time"), Value(line.TimeLeft + line.Due), Label("batch"), Value(line.Status.Batch.Id));
        return line.Wait is { } wait ? new Rows(bar, numbers, new Text($"{wait.Text}. {wait.Why}", new Style(Color.Yellow)) { Overflow = Overflow.Ellipsis }) : new Rows(bar, numbers);
    }

    private static IRenderable Label(string text) => new Text(text, new Style(Color.Grey));

    private static IRenderable Value(string text) => new Text(text);
}
