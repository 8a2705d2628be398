using Darkroom.Jobs.Running;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Running;

public sealed class OptionsTests
{
    [Fact]
    public void WorkerOptions_NothingSet_AreTheseAndValid()
    {
        var options = new WorkerOptions();
        WorkerOptions.Section.ShouldBe("Worker");
        (options.MaxInFlight, options.DrainTime, options.LeaseTime, options.SweepInterval, options.MaxBatches, options.DatabaseWait)
            .ShouldBe((64, TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5), 20, TimeSpan.FromMinutes(1)));
        new WorkerOptionsValidator().Validate(null, options).Succeeded.ShouldBeTrue();
    }

    public static TheoryData<string, string, string> Wrong => new()
    {
        { "MaxInFlight", "0", "Worker:MaxInFlight: '0' must be from 1 to 10000." },
        { "MaxInFlight", "10001", "Worker:MaxInFlight: '10001' must be from 1 to 10000." },
        { "DrainTime", "-00:00:01", "Worker:DrainTime: '-00:00:01' must be from 00:00:00 to 01:00:00." },
        { "DrainTime", "01:00:01", "Worker:DrainTime: '01:00:01' must be from 00:00:00 to 01:00:00." },
        { "LeaseTime", "00:00:04.9990000", "Worker:LeaseTime: '00:00:04.9990000' must be from 00:00:05 to 00:10:00." },
        { "LeaseTime", "00:10:01", "Worker:LeaseTime: '00:10:01' must be from 00:00:05 to 00:10:00." },
        { "SweepInterval", "00:00:00", "Worker:SweepInterval: '00:00:00' must be from 00:00:00.1000000 to 00:01:00." },
        { "SweepInterval", "00:01:01", "Worker:SweepInterval: '00:01:01' must be from 00:00:00.1000000 to 00:01:00." },
        { "MaxBatches", "0", "Worker:MaxBatches: '0' must be from 1 to 1000." },
        { "MaxBatches", "1001", "Worker:MaxBatches: '1001' must be from 1 to 1000." },
        { "DatabaseWait", "-00:00:01", "Worker:DatabaseWait: '-00:00:01' must be from 00:00:00 to 00:10:00." },
        { "DatabaseWait", "00:10:01", "Worker:DatabaseWait: '00:10:01' must be from 00:00:00 to 00:10:00." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void WorkerOptions_OutOfRange_IsRefusedWithKeyValueAndReason(string key, string value, string message)
    {
        var options = new WorkerOptions();
        var property = typeof(WorkerOptions).GetProperty(key)!;
        property.SetValue(options, property.PropertyType == typeof(int) ? int.Parse(value) : TimeSpan.Parse(value));
        new WorkerOptionsValidator().Validate(null, options).Failures.ShouldBe([message]);
    }

    [Fact]
    public void WorkerOptions_SeveralWrong_AreAllNamed() =>
        new WorkerOptionsValidator().Validate(null, new WorkerOptions { MaxInFlight = -1, MaxBatches = -1 }).Failures!.Count().ShouldBe(2);

    [Fact]
    public void LimitsOptions_NothingSet_LimitNothing()
    {
        var options = new LimitsOptions();
        LimitsOptions.Section.ShouldBe("Limits");
        LimitsOptions.DefaultGroup.ShouldBe("Default");
        var limits = options.For("any");
        (limits.RequestsPerMinute, limits.ImagesPerMinute, limits.InputImagesPerMinute, limits.TokensPerMinute, limits.MaxInFlight).ShouldBe((null, null, null, null, null));
        new LimitsOptionsValidator().Validate(null, options).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public void LimitsOptions_For_TakesTheGroupElseTheDefault()
    {
        var (all, own) = (new GroupLimits { ImagesPerMinute = 5 }, new GroupLimits { ImagesPerMinute = 50 });
        var options = new LimitsOptions { ["default"] = all, ["GPT-image-2"] = own };
        options.For("gpt-image-2").ShouldBeSameAs(own);
        options.For("gpt-image-1").ShouldBeSameAs(all);
    }

    [Theory]
    [InlineData("RequestsPerMinute", 0.0, "Limits:g:RequestsPerMinute: '0' must be from 0.001 to 10000000.")]
    [InlineData("ImagesPerMinute", 0.0001, "Limits:g:ImagesPerMinute: '0.0001' must be from 0.001 to 10000000.")]
    [InlineData("ImagesPerMinute", double.NaN, "Limits:g:ImagesPerMinute: 'NaN' must be from 0.001 to 10000000.")]
    [InlineData("InputImagesPerMinute", 10_000_001.0, "Limits:g:InputImagesPerMinute: '10000001' must be from 0.001 to 10000000.")]
    [InlineData("TokensPerMinute", -1.0, "Limits:g:TokensPerMinute: '-1' must be from 1 to 100000000000.")]
    [InlineData("MaxInFlight", 0, "Limits:g:MaxInFlight: '0' must be from 1 to 100000.")]
    public void LimitsOptions_OutOfRange_IsRefusedWithKeyValueAndReason(string key, object value, string message)
    {
        var limits = new GroupLimits();
        typeof(GroupLimits).GetProperty(key)!.SetValue(limits, value);
        new LimitsOptionsValidator().Validate(null, new LimitsOptions { ["g"] = limits, ["fine"] = new GroupLimits { MaxInFlight = 1 } }).Failures.ShouldBe([message]);
    }
}
