using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Throttling;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Tests.Deadlines;

public sealed class LeastTimeTests
{
    private const string Model = "gpt-image-2";
    private static readonly ModelBook Book = ModelBook.Load(null);
    private static readonly string Group = Book.Find(Model).LimitsGroup;

    [Theory]
    [InlineData(20.0, null, null, 49.95)]
    [InlineData(20.0, 4.0, null, 124.75)]
    [InlineData(null, null, 10.0, 99.9)]
    [InlineData(null, null, null, null)]
    public void Of_Limits_TakesTheTightest(double? images, double? requests, double? cap, double? minutes)
    {
        var limits = new GroupLimits { ImagesPerMinute = images, RequestsPerMinute = requests };
        (Least(limits).Of([new OpenCalls(Model, 400, 600), new OpenCalls(Model, 100, 400)], cap)?.TotalMinutes).ShouldBe(minutes);
    }

    // 101 images in 101 calls: so many minutes as 100 takes at the limit that holds.
    [Theory]
    [InlineData(20.0, false, LimitDimension.Images, 5.0, 20)]
    [InlineData(20.0, true, LimitDimension.Images, 5.0, 20)]
    [InlineData(20.0, false, LimitDimension.Images, 50.0, 5)]
    [InlineData(20.0, true, LimitDimension.Images, 50.0, 2)]
    [InlineData(null, false, LimitDimension.Images, 50.0, 2)]
    [InlineData(20.0, false, LimitDimension.Requests, 10.0, 10)]
    // The images stay the scarcer ones.
    [InlineData(20.0, true, LimitDimension.Requests, 50.0, 5)]
    public void Of_LearnedLimit_IsTheOneThatHolds(double? configured, bool learn, string dimension, double learned, double minutes) =>
        Least(new GroupLimits { ImagesPerMinute = configured, Learn = learn })
            .Of([new OpenCalls(Model, 101, 101)], null, [new LearnedLimit("another-group", dimension, 0.001), new LearnedLimit(Group, dimension, learned)])
            .ShouldBe(TimeSpan.FromMinutes(minutes));

    [Fact]
    public void Of_NothingLearnedOfTheGroup_GoesByWhatIsConfigured() =>
        Least(new GroupLimits { ImagesPerMinute = 20 }).Of([new OpenCalls(Model, 101, 101)], null, [new LearnedLimit("another-group", LimitDimension.Images, 1)])
            .ShouldBe(TimeSpan.FromMinutes(5));

    private static LeastTime Least(GroupLimits limits) => new(Book, Options.Create(new LimitsOptions { ["Default"] = limits }));
}
