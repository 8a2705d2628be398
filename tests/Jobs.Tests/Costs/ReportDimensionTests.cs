using Darkroom.Jobs.Costs;

namespace Darkroom.Jobs.Tests.Costs;

public sealed class ReportDimensionTests
{
    [Fact]
    public void TryParse_EveryKind_KeepsOrderAndName()
    {
        ReportDimension.TryParse("day, model,batch,tag:brand,tag:Line 2,user", out var dimensions, out var error).ShouldBeTrue();
        error.ShouldBeNull();
        dimensions.ShouldBe(
        [
            new(ReportDimensionKind.Day), new(ReportDimensionKind.Model), new(ReportDimensionKind.Batch),
            new(ReportDimensionKind.Tag, "brand"), new(ReportDimensionKind.Tag, "Line 2"), new(ReportDimensionKind.User),
        ]);
        dimensions.Select(d => d.Name).ShouldBe(["day", "model", "batch", "tag:brand", "tag:Line 2", "user"]);
    }

    [Theory]
    [InlineData(null, "Name what to group by, separated by single commas: day, model, batch, user, tag:NAME.")]
    [InlineData("", "Name what to group by, separated by single commas: day, model, batch, user, tag:NAME.")]
    [InlineData("day,,model", "Name what to group by, separated by single commas: day, model, batch, user, tag:NAME.")]
    [InlineData("day,", "Name what to group by, separated by single commas: day, model, batch, user, tag:NAME.")]
    [InlineData("week", "week is nothing to group by; known are day, model, batch, user, tag:NAME.")]
    [InlineData("Day", "Day is nothing to group by; known are day, model, batch, user, tag:NAME.")]
    [InlineData("tag", "tag is nothing to group by; known are day, model, batch, user, tag:NAME.")]
    [InlineData("tag:", "tag: needs the tag's name, such as tag:brand.")]
    [InlineData("day,day", "day is there twice.")]
    [InlineData("tag:a,tag:a", "tag:a is there twice.")]
    public void TryParse_SomethingWrong_SaysWhat(string? text, string message)
    {
        ReportDimension.TryParse(text, out var dimensions, out var error).ShouldBeFalse();
        dimensions.ShouldBeEmpty();
        error.ShouldBe(message);
    }
}
