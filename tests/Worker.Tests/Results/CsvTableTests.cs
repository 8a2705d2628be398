using Darkroom.Worker.Results;
using Darkroom.Worker.Tests.Ops;

namespace Darkroom.Worker.Tests.Results;

public sealed class CsvTableTests
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\rx", "' x")]
    [InlineData("  =1", "'  =1")]
    [InlineData("\u00a0\u200b=1", "'\u00a0\u200b=1")]
    [InlineData("\"=1", "\"'\"\"=1\"")]
    [InlineData(" ' \"@x", "\"' ' \"\"@x\"")]
    [InlineData("\u001b=1", "' =1")]
    [InlineData("＝1", "'＝1")]
    [InlineData("=a,b", "\"'=a,b\"")]
    [InlineData("=a\nb", "\"'=a\nb\"")]
    [InlineData("-5.2", "-5.2")]
    [InlineData("+5", "+5")]
    [InlineData("-1e-7", "-1e-7")]
    [InlineData("-", "'-")]
    [InlineData("a=1", "a=1")]
    [InlineData("a \"b\", c", "\"a \"\"b\"\", c\"")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public async Task Write_Text_IsNoFormula(string? text, string cell) => (await WriteAsync(csv => csv.Write(text))).ShouldBe(cell);

    [Fact]
    public async Task Write_TextThatCannotBeStored_IsReplaced() => (await WriteAsync(csv => csv.Write("a\0b\ud800"))).ShouldBe("a b\ufffd");

    [Fact]
    public async Task Write_Number_StaysOne() => (await WriteAsync(csv => csv.Write(-5))).ShouldBe("-5");

    [Fact]
    public void Sources_HaveNoOtherWriterOfCsv()
    {
        var files = Directory.GetFiles(RepositoryFile.PathOf("src"), "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal)).ToList();
        files.Where(file => File.ReadAllText(file).Contains("CsvWriter", StringComparison.Ordinal)).Select(Path.GetFileName).ShouldBe(["CsvTable.cs"]);
        // Whatever serves or stores a CSV file has it from there.
        foreach (var file in files.Where(file => File.ReadAllText(file).Contains("ContentType = \"text/csv", StringComparison.Ordinal)))
            (File.ReadAllText(file) is var text && (text.Contains("CsvTable", StringComparison.Ordinal) || text.Contains("WriteCsvAsync", StringComparison.Ordinal))).ShouldBeTrue(file);
    }

    private static async Task<string> WriteAsync(Action<CsvTable> write)
    {
        var text = new StringWriter();
        await using (var csv = new CsvTable(text))
        {
            csv.Write("x");
            write(csv);
            await csv.EndRowAsync(TestContext.Current.CancellationToken);
        }

        var line = text.ToString();
        line.ShouldStartWith("x,");
        return line[2..].TrimEnd('\r', '\n');
    }
}
