using Darkroom.Jobs.Models;
using FsCheck;
using FsCheck.Fluent;

namespace Darkroom.Jobs.Tests.Models;

public sealed class SizeRuleTests
{
    private static readonly SizeRule Free = ModelBook.BuiltIn.Find("gpt-image-2").Sizes!;
    private static readonly SizeRule Listed = ModelBook.BuiltIn.Find("gpt-image-1").Sizes!;

    [Theory]
    [InlineData("auto", null)]
    [InlineData("1024x1024", null)]
    [InlineData("1536x1024", null)]
    [InlineData("3840x2160", null)]
    [InlineData("2880x2880", null)]
    [InlineData("1024x640", null)]
    [InlineData("1408x480", null)]
    [InlineData("1000x1000", "both edges must be multiples of 16; the nearest right size is 1008x1008")]
    [InlineData("990x990", "both edges must be multiples of 16; the nearest right size is 992x992")]
    [InlineData("3856x2160", "the longest edge must be at most 3840; the nearest right size is 3840x2160")]
    [InlineData("2048x512", "the ratio must lie between 1:3 and 3:1; the nearest right size is 1776x592")]
    [InlineData("512x2048", "the ratio must lie between 1:3 and 3:1; the nearest right size is 592x1776")]
    [InlineData("512x512", "width × height must be at least 655360 pixels and is 262144; the nearest right size is 816x816")]
    [InlineData("3840x3840", "width × height must be at most 8294400 pixels and is 14745600; the nearest right size is 2880x2880")]
    [InlineData("999999x999999", "both edges must be multiples of 16; the nearest right size is 2880x2880")]
    [InlineData("1920x1080", "both edges must be multiples of 16; the nearest right size is 1920x1088")]
    [InlineData("wide", "must be WIDTHxHEIGHT, such as 1024x1024, or auto")]
    [InlineData("1024X1024", "must be WIDTHxHEIGHT, such as 1024x1024, or auto")]
    [InlineData("1024x", "must be WIDTHxHEIGHT, such as 1024x1024, or auto")]
    [InlineData("0x0", "must be WIDTHxHEIGHT, such as 1024x1024, or auto")]
    [InlineData("01024x1024", "must be WIDTHxHEIGHT, such as 1024x1024, or auto")]
    [InlineData("1024x1024x1024", "must be WIDTHxHEIGHT, such as 1024x1024, or auto")]
    [InlineData("-16x16", "must be WIDTHxHEIGHT, such as 1024x1024, or auto")]
    public void Fault_FreeSizes_SaysWhatAndTheNearest(string size, string? fault) => Free.Fault(size).ShouldBe(fault);

    [Theory]
    [InlineData("auto", null)]
    [InlineData("1536x1024", null)]
    [InlineData("1024x1792", "must be one of auto, 1024x1024, 1536x1024, 1024x1536; the nearest right size is 1024x1536")]
    [InlineData("512x512", "must be one of auto, 1024x1024, 1536x1024, 1024x1536; the nearest right size is 1024x1024")]
    [InlineData("2048x2048", "must be one of auto, 1024x1024, 1536x1024, 1024x1536; the nearest right size is 1024x1024")]
    [InlineData("1300x1000", "must be one of auto, 1024x1024, 1536x1024, 1024x1536; the nearest right size is 1536x1024")]
    [InlineData("big", "must be one of auto, 1024x1024, 1536x1024, 1024x1536")]
    public void Fault_ListedSizes_SaysWhatAndTheNearest(string size, string? fault) => Listed.Fault(size).ShouldBe(fault);

    [Fact]
    public void Nearest_AnySize_IsRightAndNoOtherIsNearer()
    {
        var rule = new FreeSizeRule(16, 3, 512, 20_000, 120_000);
        var right = (from w in Enumerable.Range(1, 32) from h in Enumerable.Range(1, 32) select new ImageSize(w * 16, h * 16)).Where(s => rule.Fault(s) is null).ToList();
        var sizes = Gen.Choose(1, 700).Two().Select(t => new ImageSize(t.Item1, t.Item2)).ToArbitrary();
        Prop.ForAll(sizes, size =>
        {
            var nearest = rule.Nearest(size).ShouldNotBeNull();
            rule.Fault(nearest).ShouldBeNull();
            Distance(nearest, size).ShouldBe(right.Min(s => Distance(s, size)), 1e-12);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    private static double Distance(ImageSize a, ImageSize b) =>
        ((double)a.Width / b.Width) + ((double)b.Width / a.Width) + ((double)a.Height / b.Height) + ((double)b.Height / a.Height);
}
