using Darkroom.Worker.Configuration;
using Microsoft.Extensions.Configuration;

namespace Darkroom.Worker.Tests.Configuration;

public sealed class SettingsCheckTests
{
    [Theory]
    [InlineData("Worker:MaxInFlite", "5", "Worker:MaxInFlite = '5': there is no such setting; did you mean \"MaxInFlight\"; Worker has MaxInFlight, DrainTime, LeaseTime, SweepInterval, MaxBatches, DatabaseWait.")]
    [InlineData("Worker:MaxLanes", "5", "Worker:MaxLanes: the setting is called Worker:MaxBatches now.")]
    [InlineData("Engine:Kind", "quartz", "Engine:Kind: there is no choice of engine any more: Hangfire carries the jobs. Remove the setting.")]
    [InlineData("engine:takeover", "true", "Engine:TakeOver: there is no choice of engine any more: Hangfire carries the jobs. Remove the setting.")]
    [InlineData("Budgets_DayUsd", "5", "Budgets_DayUsd: a setting's variable has two underscores between its parts: Budgets__DayUsd.")]
    [InlineData("Limits_Default_ImagesPerMinute", "5", "Limits_Default_ImagesPerMinute: a setting's variable has two underscores between its parts: Limits__Default__ImagesPerMinute.")]
    [InlineData("Worker:MaxInFlight", "many", "Worker:MaxInFlight = 'many': must be a whole number.")]
    [InlineData("Worker:DrainTime", "soon", "Worker:DrainTime = 'soon': must be a time such as 00:05:00.")]
    [InlineData("Storage:Durable", "maybe", "Storage:Durable = 'maybe': must be true or false.")]
    [InlineData("Limits:Default:ImagesPerMinute", "lots", "Limits:Default:ImagesPerMinute = 'lots': must be a number.")]
    [InlineData("Limits:ImagesPerMinute", "20", "Limits:ImagesPerMinute = '20': limits belong to a group, such as Limits:Default:ImagesPerMinute.")]
    [InlineData("Limits:Defualt:ImagesPerMinute", "20", "Limits:Defualt:ImagesPerMinute: there is no limits group 'Defualt'; did you mean Default?")]
    [InlineData("Limit:Default:ImagesPerMinute", "20", "Limit:Default: there is no section 'Limit'; did you mean Limits?")]
    [InlineData("Retention:Aftr", "1.00:00:00", "Retention:Aftr = '1.00:00:00': there is no such setting; did you mean \"After\"; Retention has After, Interval.")]
    [InlineData("Retention:After", "soon", "Retention:After = 'soon': must be a time such as 00:05:00.")]
    [InlineData("Storage:Azure:SasTokn", "planted", "Storage:Azure:SasTokn = (secret): there is no such setting; did you mean \"SasToken\"; Storage:Azure has ConnectionString, ContainerUri, AccountUri, SasToken, SasTokenFile, ManagedIdentityClientId, Container, CreateContainer, AccessTier, CacheControl, MaxRetries, RetryDelay, NetworkTimeout, Patience.")]
    [InlineData("Storage:Azure:ContainrUri", "https://a.example/c?sig=planted", "Storage:Azure:ContainrUri = (secret): there is no such setting; did you mean \"ContainerUri\"; Storage:Azure has ConnectionString, ContainerUri, AccountUri, SasToken, SasTokenFile, ManagedIdentityClientId, Container, CreateContainer, AccessTier, CacheControl, MaxRetries, RetryDelay, NetworkTimeout, Patience.")]
    [InlineData("ConnectionStrings:Postgress", "Host=x;Password=planted", "ConnectionStrings:Postgress = (secret): there is no such setting; did you mean \"Postgres\"; ConnectionStrings has Postgres.")]
    [InlineData("Edit:ApiKye", "planted", "Edit:ApiKye = (secret): there is no such setting; did you mean \"ApiKey\"; Edit has BaseUrl, ApiKey, AllowInsecure, ApiKeyHeader, Azure, Timeout, Model, MaxAnswerBytes, UploadSharedFrom, UploadLifetime, UploadPurpose.")]
    [InlineData("Edit:Foo", "sk-planted-123", "Edit:Foo = (secret): there is no such setting; Edit has BaseUrl, ApiKey, AllowInsecure, ApiKeyHeader, Azure, Timeout, Model, MaxAnswerBytes, UploadSharedFrom, UploadLifetime, UploadPurpose.")]
    [InlineData("Sources:AllowedNetworks", "10.0.0.0/8", "Sources:AllowedNetworks: must have entries below it, such as Sources:AllowedNetworks:0.")]
    [InlineData("Sources:Headers:img.test", "planted", "Sources:Headers:img.test: must have settings below it, not a text.")]
    [InlineData("Sources:Azure:shop:Sass", "planted", "Sources:Azure:shop:Sass = (secret): there is no such setting; did you mean \"Sas\"; Sources:Azure:shop has ConnectionString, Sas, UseIdentity.")]
    [InlineData("Webhooks:0:Sekret", "planted", "Webhooks:0:Sekret = (secret): there is no such setting; did you mean \"Secret\"; Webhooks:0 has Url, Secret, SecretFile.")]
    [InlineData("Webhooks:Secert", "planted", "Webhooks:Secert = (secret): there is no such setting; did you mean \"Secret\"; Webhooks has Secret, SecretFile.")]
    public void FindProblems_OneSettingWrong_NamesKeyValueAndReason(string key, string value, string problem) => Find((key, value)).ShouldBe([problem]);

    [Fact]
    public void FindProblems_SeveralWrong_TellsAll() => Find(("Worker:A", "1"), ("Worker:MaxBatches", "x"), ("Edit:Modell", "y")).Count.ShouldBe(3);

    [Theory]
    [InlineData("worker:maxinflight", "5")]
    [InlineData("Limits:gpt-image-2:ImagesPerMinute", "20")]
    [InlineData("Limits:Default:MaxInFlight", "")]
    [InlineData("Storage:Azure:Container", "images")]
    [InlineData("Logging:LogLevel:Default", "Debug")]
    [InlineData("Sources:AllowedHosts:0", "images.internal:8080")]
    [InlineData("Sources:Headers:img.test:Authorization", "Bearer x")]
    [InlineData("Sources:Azure:shop:UseIdentity", "true")]
    [InlineData("Webhooks:0:Url", "https://hook.example/")]
    [InlineData("Somebody:Elses", "setting")]
    [InlineData("Limit", "a variable of somebody else")]
    [InlineData("STORAGE_PATH", "a variable of somebody else")]
    [InlineData("Edit_Mode", "a variable of somebody else")]
    public void FindProblems_FineOrForeign_FindsNone(string key, string value) => Find((key, value)).ShouldBeEmpty();

    private static IReadOnlyList<string> Find(params (string Key, string Value)[] settings) => SettingsCheck.FindProblems(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build());
}
