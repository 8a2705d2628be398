using Darkroom.Worker.Progress;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console;

namespace Darkroom.Worker.Tests.Progress;

public sealed class LineViewTests
{
    [Fact]
    public void Log_ManyLooks_WritesTheFirstOneEveryFiveSecondsAndTheLast()
    {
        var (time, text) = (new FakeTimeProvider(), new StringWriter { NewLine = "\n" });
        using (var view = new LogLineView(text, time))
        {
            for (var look = 0; look <= 12; look++)
            {
                view.Show($"look {look}");
                time.Advance(TimeSpan.FromSeconds(1));
            }

            view.Show("look 12");
        }

        text.ToString().ShouldBe("look 0\nlook 5\nlook 10\nlook 12\n");
    }

    [Fact]
    public void Terminal_ManyLooks_IsRedrawnInPlace()
    {
        var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 60;
        using (var view = new TerminalLineView(console))
        {
            view.Show("look 1");
            view.Show("look 2 and many words " + new string('x', 100), 0.5);
            view.Show("look 3", 1);
        }

        var drawn = text.ToString();
        foreach (var look in (string[])["look 1", "look 2", "look 3"]) drawn.ShouldContain(look);
        foreach (var look in drawn.Split("\e[1A")[1..^1]) look.Count(c => c == '\n').ShouldBe(1, "two lines each time, and back to the first");
        drawn.Split("\e[1A").Length.ShouldBeGreaterThanOrEqualTo(4);
        drawn.ShouldNotContain("\e[0A");
        drawn.ShouldContain("100");
    }
}
