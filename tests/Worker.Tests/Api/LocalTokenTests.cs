using System.Runtime.Versioning;
using Darkroom.Worker.Access;
using Darkroom.Worker.Machine;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Api;

/// <summary>The file that lets this machine's own user in: nobody else may have made it, or read it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class LocalTokenTests
{
    [Fact]
    public async Task Text_ManyWorkersStartAtOnce_HaveOneTokenInAFileOfTheirUser()
    {
        using var folder = new TemporaryFolder();
        var tokens = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => new LocalToken(folder.Home).Text)));

        tokens.Distinct(StringComparer.Ordinal).Count().ShouldBe(1);
        LocalToken.ReadFrom(folder.Home).ShouldBe(tokens[0]);
        File.GetUnixFileMode(Path.Combine(folder.Home, "token")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(folder.Home).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.GetFiles(folder.Home).Length.ShouldBe(1);
    }

    [Fact]
    public void Matches_AnotherToken_IsNotIt()
    {
        using var folder = new TemporaryFolder();
        var token = new LocalToken(folder.Home);

        token.Matches(token.Text).ShouldBeTrue();
        foreach (var wrong in new[] { null, "", token.Text[1..], token.Text + "x", token.Text[..^1] + (token.Text[^1] == 'A' ? 'B' : 'A') }) token.Matches(wrong).ShouldBeFalse();
    }

    [Theory]
    [InlineData("readable", "Other users can read")]
    [InlineData("link", "isn't this user's own file")]
    [InlineData("folder", "isn't this user's own file")]
    [InlineData("other", "doesn't hold a token")]
    public void Text_FileThatIsNotOurs_IsRefusedWithItsName(string kind, string said)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Home, "token");
        var good = new LocalToken(folder.Home).Text;
        switch (kind)
        {
            case "readable":
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
                break;
            case "link":
                File.Move(file, file + "-planted");
                File.CreateSymbolicLink(file, file + "-planted");
                break;
            case "folder":
                File.Delete(file);
                Directory.CreateDirectory(file);
                break;
            default:
                File.WriteAllText(file, good[..^1]);
                break;
        }

        var refused = Should.Throw<MachineException>(() => new LocalToken(folder.Home).Text);

        refused.Message.ShouldContain(file);
        refused.Message.ShouldContain(said);
    }
}
