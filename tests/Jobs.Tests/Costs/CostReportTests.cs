using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Models;
using FsCheck;
using FsCheck.Fluent;

namespace Darkroom.Jobs.Tests.Costs;

public sealed class CostReportTests
{
    private static readonly ReportDimension[] All =
    [
        new(ReportDimensionKind.Day), new(ReportDimensionKind.Model), new(ReportDimensionKind.Batch), new(ReportDimensionKind.User), new(ReportDimensionKind.Tag, "brand"),
    ];

    private static readonly Gen<CostReportRow> Rows =
        from day in Gen.Elements("2026-11-21", "2026-11-22")
        from model in Gen.Elements("gpt-image-1", "gpt-image-1-mini", "gpt-image-1.5", "gpt-image-2")
        from batch in Gen.Elements("b1", "b2", "b3")
        from user in Gen.Elements<string?>(null, "", "u")
        from brand in Gen.Elements<string?>(null, "acme", "acme2")
        from inText in Gen.Choose(0, 32_000)
        from inImage in Gen.Choose(0, 100_000)
        from outText in Gen.Choose(0, 1000)
        from outImage in Gen.Choose(0, 70_000)
        from unconfirmed in Gen.Choose(0, int.MaxValue)
        from unpriced in Gen.Choose(0, 1)
        let tokens = new TokenUsage(inText, inImage, outText, outImage)
        let price = ModelBook.BuiltIn.PriceOn(model, new DateOnly(2026, 11, 22), batch: true)!
        select new CostReportRow(
            new Dictionary<string, string?> { ["day"] = day, ["model"] = model, ["batch"] = batch, ["user"] = user, ["tag:brand"] = brand },
            1, tokens, unpriced == 1 ? 0 : CostCalculator.Price(tokens, price with { InputText = price.InputText + 0.0001m }), unconfirmed / 10_000_000_000m, unpriced);

    [Fact]
    public void Group_AnyDimensions_AddsUpToTheRowsToTheLastDigit()
    {
        var cases = from rows in Rows.ListOf() from dimensions in Gen.SubListOf(All) select (rows, dimensions);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var groups = CostReport.Group(c.rows, [.. c.dimensions]);
            groups.Sum(g => g.CostUsd).ShouldBe(c.rows.Sum(r => r.CostUsd));
            groups.Sum(g => g.UnconfirmedUsd).ShouldBe(c.rows.Sum(r => r.UnconfirmedUsd));
            Same(CostReport.Total(groups), CostReport.Total(c.rows));
            groups.Select(g => string.Join('|', g.Keys.Select(k => $"{k.Key}={k.Value ?? "(null)"}"))).ShouldBeUnique();
            foreach (var group in groups)
            {
                group.Keys.Keys.ShouldBe(c.dimensions.Select(d => d.Name), ignoreOrder: true);
                Same(group, CostReport.Total(c.rows.Where(r => group.Keys.All(k => r.Keys[k.Key] == k.Value))));
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void Total_ManyTinyCosts_LosesNothing()
    {
        var row = new CostReportRow(new Dictionary<string, string?>(), 1, new TokenUsage(1, 0, 0, 0), 0.0000000001m, 0.0000000003m, 0);
        var total = CostReport.Total(Enumerable.Repeat(row, 100_000));
        total.CostUsd.ShouldBe(0.00001m);
        total.UnconfirmedUsd.ShouldBe(0.00003m);
        total.Items.ShouldBe(100_000);
    }

    [Fact]
    public void Group_Keys_ComeInOrderAbsentFirst()
    {
        var rows = new[] { "b", null, "a", "" }.Select(user => new CostReportRow(new Dictionary<string, string?> { ["user"] = user }, 1, default, 1, 0, 0));
        CostReport.Group(rows, [new(ReportDimensionKind.User)]).Select(g => g.Keys["user"]).ShouldBe([null, "", "a", "b"]);
    }

    [Fact]
    public void Group_DimensionThatRowsLack_Throws() =>
        Should.Throw<KeyNotFoundException>(() => CostReport.Group([new CostReportRow(new Dictionary<string, string?>(), 1, default, 1, 0, 0)], [new(ReportDimensionKind.Day)]));

    private static void Same(CostReportRow a, CostReportRow b) =>
        (a.Items, a.Tokens, a.CostUsd, a.UnconfirmedUsd, a.Unpriced).ShouldBe((b.Items, b.Tokens, b.CostUsd, b.UnconfirmedUsd, b.Unpriced));
}
