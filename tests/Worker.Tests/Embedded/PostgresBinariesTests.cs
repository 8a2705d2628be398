using Darkroom.Worker.Embedded;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Embedded;

public sealed class PostgresBinariesTests
{
    [Fact]
    public void Candidates_SeveralVersions_NewestFirstByNumberThenThePath()
    {
        using var folder = new TemporaryFolder();
        var (debian, brew) = (Path.Combine(folder.Path, "debian"), Path.Combine(folder.Path, "brew"));
        foreach (var version in new[] { "9", "15", "17", "common" }) Directory.CreateDirectory(Path.Combine(debian, version));
        foreach (var version in new[] { "postgresql@16", "postgresql@18", "openssl@3" }) Directory.CreateDirectory(Path.Combine(brew, version));

        PostgresBinaries.Candidates([debian, Path.Combine(folder.Path, "nowhere"), brew], $"/a{Path.PathSeparator}{Path.PathSeparator}/b").ShouldBe(
        [
            $"{debian}/17/bin", $"{debian}/15/bin", $"{debian}/9/bin", $"{brew}/postgresql@18/bin", $"{brew}/postgresql@16/bin", "/a", "/b",
        ]);
    }

    [Fact]
    public void Find_NewestHasOnlyTheClient_TakesTheNextThatHasTheServer()
    {
        using var folder = new TemporaryFolder();
        foreach (var (version, programs) in new[] { ("17", new[] { "psql" }), ("15", ["initdb", "pg_ctl"]) })
        {
            var bin = Directory.CreateDirectory(Path.Combine(folder.Path, version, "bin")).FullName;
            foreach (var program in programs) File.WriteAllText(Path.Combine(bin, program), "");
        }

        PostgresBinaries.Find(PostgresBinaries.Candidates([folder.Path], ""))!.Program("initdb").ShouldBe($"{folder.Path}/15/bin/initdb");
    }

    [Fact]
    public void Find_Nothing_IsNull() => PostgresBinaries.Find([]).ShouldBeNull();
}
