using System.Reflection;
using Darkroom.Jobs.Batches;
using Darkroom.Storage.Postgres;
using Darkroom.Worker.Hosting;
using Microsoft.Extensions.Logging;

namespace Darkroom.Worker.Tests.Conventions;

/// <summary>What log messages take. A null would be written as "(null)", and a length of time as 00:00:16.</summary>
public sealed class LogTests
{
    [Fact]
    public void Messages_Always_TakeNoNullAndNoBareTimeSpan()
    {
        var nullability = new NullabilityInfoContext();
        var messages = new[] { typeof(Batch), typeof(DarkroomDataSource), typeof(DarkroomSession) }.SelectMany(type => type.Assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(method => method.GetCustomAttribute<LoggerMessageAttribute>() is not null).ToList();

        messages.Count.ShouldBeGreaterThan(60);
        messages.SelectMany(method => method.GetParameters()).Where(parameter =>
            parameter.ParameterType == typeof(TimeSpan) || Nullable.GetUnderlyingType(parameter.ParameterType) is not null || nullability.Create(parameter).ReadState == NullabilityState.Nullable)
            .Select(parameter => $"{parameter.Member.DeclaringType}.{parameter.Member.Name}: {parameter.Name}").ShouldBeEmpty();
    }
}
