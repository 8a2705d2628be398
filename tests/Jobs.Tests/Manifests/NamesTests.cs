using System.Text;
using Darkroom.Jobs.Manifests;
using FsCheck;
using FsCheck.Fluent;

namespace Darkroom.Jobs.Tests.Manifests;

public sealed class NamesTests
{
    [Theory]
    [InlineData("SKU-1", "SKU-1")]
    [InlineData("a.b", "a.b")]
    [InlineData(".hidden.", "=2Ehidden=2E")]
    [InlineData("..", "=2E=2E")]
    [InlineData("mugs/SKU 1", "mugs=2FSKU=201")]
    [InlineData("a=b", "a=3Db")]
    [InlineData("é", "=C3=A9")]
    public void FromId_Id_IsEncoded(string id, string name) => OutputNames.FromId(id).ShouldBe(name);

    [Fact]
    public void FromId_LongIds_AreShortenedAndDiffer()
    {
        var names = Enumerable.Range(0, 100).Select(i => OutputNames.FromId(new string('é', 190) + i)).ToList();
        names.Distinct(StringComparer.Ordinal).Count().ShouldBe(100);
        names.ShouldAllBe(n => n.Length == 184 && OutputNames.FaultOf(n) == null);
    }

    [Fact]
    public void FromId_AnyTwoIds_GiveSafeNamesThatAreEqualOnlyWhenTheIdsAre()
    {
        // Few characters, so that ids that nearly meet come up: an escape as text beside what it stands for.
        var id = Gen.Elements("a", "=", "2", "E", ".", "/", " ", "=2E", "==", "é", "-", new string('x', 70)).NonEmptyListOf().Select(string.Concat);
        Prop.ForAll(id.Two().ToArbitrary(), pair =>
        {
            var (one, other) = (OutputNames.FromId(pair.Item1), OutputNames.FromId(pair.Item2));
            OutputNames.FaultOf(one).ShouldBeNull();
            string.Equals(one, other, StringComparison.Ordinal).ShouldBe(string.Equals(pair.Item1, pair.Item2, StringComparison.Ordinal));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("mugs/white/SKU-1")]
    [InlineData("größe/1 b.c")]
    [InlineData("a.png")]
    public async Task Plan_SafeOutput_IsKept(string output) => (await Planned.RowAsync($"\"output\":\"{output}\"")).Item.OutputName.ShouldBe(output);

    [Theory]
    [InlineData("", "must not be empty")]
    [InlineData("/a", "must not begin or end with / or have two in a row")]
    [InlineData("a/", "must not begin or end with / or have two in a row")]
    [InlineData("a//b", "must not begin or end with / or have two in a row")]
    [InlineData("../a", "must have no folder or file name that begins or ends with a dot or a space, such as \"..\"")]
    [InlineData("a/./b", "must have no folder or file name that begins or ends with a dot or a space, such as \".\"")]
    [InlineData(".hidden", "must have no folder or file name that begins or ends with a dot or a space, such as \".hidden\"")]
    [InlineData("a./b", "must have no folder or file name that begins or ends with a dot or a space, such as \"a.\"")]
    [InlineData("a ", "must have no folder or file name that begins or ends with a dot or a space, such as \"a \"")]
    [InlineData("a-1.PNG/b", "must have no folder named like an image, such as \"a-1.PNG\"")]
    [InlineData("a\\\\b", "must not contain \\ : * ? \" < > | or control characters")]
    [InlineData("c:a", "must not contain \\ : * ? \" < > | or control characters")]
    [InlineData("a\\nb", "must not contain \\ : * ? \" < > | or control characters")]
    public async Task Plan_UnsafeOutput_SaysWhatIsAllowed(string output, string reason) =>
        (await Planned.RowAsync($"\"output\":\"{output}\"")).Problem.ShouldBe(new ManifestProblem("m.jsonl", 1, "output", reason));

    [Fact]
    public void FaultOf_Lengths_AreBoundedInBytes()
    {
        OutputNames.FaultOf(new string('a', 200)).ShouldBeNull();
        OutputNames.FaultOf(new string('a', 201)).ShouldBe("must have no folder or file name over 200 bytes");
        OutputNames.FaultOf(new string('é', 101)).ShouldBe("must have no folder or file name over 200 bytes");
        OutputNames.FaultOf(string.Join('/', Enumerable.Repeat(new string('a', 179), 5))).ShouldBeNull();
        OutputNames.FaultOf(string.Join('/', Enumerable.Repeat(new string('a', 180), 5))).ShouldBe("must be valid text of at most 900 bytes");
        OutputNames.FaultOf("a\uD800").ShouldBe("must be valid text of at most 900 bytes");
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("a\\nb", 1)]
    [InlineData("a\\u0085b", 1)]
    [InlineData("any / thing é", 0)]
    public async Task Plan_Id_IsOneTo200CharactersWithoutControls(string id, int problems)
    {
        var planned = await Planned.RowAsync($"\"id\":\"{id}\"");
        planned.Problems.Count.ShouldBe(problems);
        planned.Problems.ShouldAllBe(p => p.Field == "id" && p.Reason == "must be 1 to 200 characters without control characters");
        (await Planned.RowAsync($"\"id\":\"{new string('x', 200)}\"")).Problems.ShouldBeEmpty();
        (await Planned.RowAsync($"\"id\":\"{new string('x', 201)}\"")).Problems.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Plan_DuplicateIds_NameBothLines()
    {
        var planned = await Planned.LinesAsync(Row("\"id\":\"a\""), Row("\"id\":\"b\""), "", Row("\"id\":\"a\""), Row("\"id\":\"a\",\"output\":\"elsewhere\""));
        planned.Items.Select(i => i.Key).ShouldBe(["a", "b"]);
        planned.Problems.Select(p => p.ToString()).ShouldBe(
            ["m.jsonl:4: id: line 1 has the id \"a\" too; ids must differ", "m.jsonl:5: id: line 1 has the id \"a\" too; ids must differ"]);
    }

    [Fact]
    public async Task Plan_RowNumberThatIsAnId_IsAProblem()
    {
        var planned = await Planned.LinesAsync(Row("\"id\":\"2\""), Row("\"tags\":{}"));
        planned.Problem.ToString().ShouldBe("m.jsonl:2: id: line 1 has the id \"2\", which is this row's number; give this row an id too");
    }

    [Fact]
    public async Task Plan_CollidingOutputs_NameBothLines()
    {
        var planned = await Planned.LinesAsync(
            Row("\"id\":\"a\""), Row("\"id\":\"b\",\"output\":\"x/y\""), Row("\"id\":\"c\",\"output\":\"x/y\""), Row("\"id\":\"d\",\"output\":\"a\""), Row("\"id\":\"e\",\"output\":\"f\""), Row("\"id\":\"f\""));
        planned.Problems.Select(p => p.ToString()).ShouldBe(
        [
            "m.jsonl:3: output: line 2 has the output name \"x/y\" too; its images would be in the same place",
            "m.jsonl:4: output: line 1 has the output name \"a\" too; its images would be in the same place",
            "m.jsonl:6: output: line 5 has the output name \"f\" too; its images would be in the same place",
        ]);
    }

    [Fact]
    public async Task Plan_OutputsThatFileSystemsTakeForOne_NameBothLines()
    {
        const string Why = "but for upper and lower case or the form of its accents; Windows and macOS would keep the images of one of them only";
        var planned = await Planned.LinesAsync(
            Row("\"id\":\"Mug\""), Row("\"id\":\"mug\""), Row("\"id\":\"c\",\"output\":\"x/caf\\u00e9\""), Row("\"id\":\"d\",\"output\":\"X/cafe\\u0301\""),
            Row("\"id\":\"e\",\"output\":\"MUG\""), Row("\"id\":\"f\",\"output\":\"Mug\""), Row("\"id\":\"caf\u00e9\""), Row("\"id\":\"cafe\u0301\""));
        planned.Problems.Select(p => p.ToString()).ShouldBe(
        [
            $"m.jsonl:2: output: line 1 has the output name \"mug\" {Why}",
            $"m.jsonl:4: output: line 3 has the output name \"X/cafe\u0301\" {Why}",
            $"m.jsonl:5: output: line 1 has the output name \"MUG\" {Why}",
            "m.jsonl:6: output: line 1 has the output name \"Mug\" too; its images would be in the same place",
        ]);
    }

    [Fact]
    public async Task Plan_IdsThatDifferByCase_AreTwoWhereTheirOutputsAre()
    {
        var planned = await Planned.LinesAsync(
            Row("\"id\":\"a\",\"output\":\"1\""), Row("\"id\":\"A\",\"output\":\"2\""), Row("\"id\":\"A\",\"output\":\"3\""), Row("\"id\":\"a\",\"output\":\"4\""));
        planned.Items.Select(i => i.Key).ShouldBe(["a", "A"]);
        planned.Problems.Select(p => p.ToString()).ShouldBe(
            ["m.jsonl:3: id: line 2 has the id \"A\" too; ids must differ", "m.jsonl:4: id: line 1 has the id \"a\" too; ids must differ"]);
    }

    [Fact]
    public async Task Plan_OutputsThatSwapIds_DoNotCollide()
    {
        var planned = await Planned.LinesAsync(Row("\"id\":\"a\",\"output\":\"b\""), Row("\"id\":\"b\",\"output\":\"a\""));
        planned.Problems.ShouldBeEmpty();
        planned.Items.Select(i => i.OutputName).ShouldBe(["b", "a"]);
    }

    [Fact]
    public async Task Plan_ManyRows_FindsTheOneDuplicate()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 20_000; i++) text.Append(Row($"\"id\":\"{(i == 19_999 ? 7 : i)}\"")).Append('\n');
        var planned = await Planned.FromAsync(text.ToString(), "m.jsonl");
        planned.Items.Count.ShouldBe(19_999);
        planned.Problem.Line.ShouldBe(20_000);
        planned.Problem.Reason.ShouldStartWith("line 8 has");
    }

    private static string Row(string fields) => $$"""{"image":"https://a/1","prompt":"p",{{fields}}}""";
}
