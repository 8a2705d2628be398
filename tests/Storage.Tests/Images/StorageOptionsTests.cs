using Darkroom.Jobs.Outputs;
using Darkroom.Storage.Images;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Darkroom.Storage.Tests.Images;

public sealed class StorageOptionsTests
{
    private const string Azurite = "UseDevelopmentStorage=true";

    [Fact]
    public void Defaults_Unset_AreThese()
    {
        var options = new StorageOptions();

        StorageOptions.Section.ShouldBe("Storage");
        options.Path.ShouldBeNull();
        options.Durable.ShouldBeTrue();
        options.Azure.ConnectionString.ShouldBeNull();
        options.Azure.Container.ShouldBe("darkroom");
        options.Azure.Patience.ShouldBe(TimeSpan.FromMinutes(2));
        Problems(options).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("images")]
    [InlineData("a-1-b")]
    [InlineData("123")]
    public void Validate_ContainerName_Passes(string container) => Problems(new StorageOptions { Azure = { Container = container } }).ShouldBeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("Images")]
    [InlineData("a--b")]
    [InlineData("-ab")]
    [InlineData("ab-")]
    [InlineData("a_b")]
    [InlineData("abc\n")]
    public void Validate_NoContainerName_SaysKeyAndRule(string container) =>
        Problems(new StorageOptions { Azure = { Container = container } }).ShouldBe(
            [$"Storage:Azure:Container is '{container}'; it has to be 3 to 63 lower-case letters, digits and single hyphens, with a letter or digit at both ends."]);

    [Theory]
    [InlineData("00:00:00", null)]
    [InlineData("01:00:00", null)]
    [InlineData("-00:00:01", "Storage:Azure:Patience is '-00:00:01'; it has to be from 00:00:00 to 01:00:00.")]
    [InlineData("01:00:01", "Storage:Azure:Patience is '01:00:01'; it has to be from 00:00:00 to 01:00:00.")]
    public void Validate_Patience_IsWithinAnHour(string patience, string? problem) =>
        Problems(new StorageOptions { Azure = { Patience = TimeSpan.Parse(patience) } }).ShouldBe(problem is null ? [] : [problem]);

    [Theory]
    [InlineData(Azurite)]
    [InlineData("DefaultEndpointsProtocol=http;AccountName=a;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:1234/a;")]
    [InlineData("")]
    public void Validate_ConnectionString_Passes(string connectionString) =>
        Problems(new StorageOptions { Azure = { ConnectionString = connectionString } }).ShouldBeEmpty();

    [Theory]
    [InlineData("https://secret.example/")]
    [InlineData("AccountName=a;AccountKey=secret")]
    [InlineData(" ")]
    public void Validate_NoConnectionString_SaysKeyAndNotTheText(string connectionString) =>
        Problems(new StorageOptions { Azure = { ConnectionString = connectionString } }).ShouldBe(
            ["Storage:Azure:ConnectionString is no connection string of a storage account (its text isn't shown here: it may hold a key)."]);

    [Fact]
    public void Validate_BadPaths_SayKeyAndReason()
    {
        var file = Path.GetTempFileName();
        try
        {
            Problems(new StorageOptions { Path = " " }).ShouldBe(["Storage:Path is blank; leave it out for the default, or name a folder."]);
            Problems(new StorageOptions { Path = "a\0b" }).ShouldBe(["Storage:Path has a character that no path can have."]);
            Problems(new StorageOptions { Path = file }).ShouldBe([$"Storage:Path is '{file}', which is a file; it has to be a folder."]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Validate_WaitingAndKeepingOutOfRange_SayKeyAndReason() =>
        Problems(new StorageOptions { Patience = TimeSpan.FromSeconds(-1), KeptBytes = -1 }).ShouldBe(
            ["Storage:KeptBytes is -1; it has to be 0 or more.", "Storage:Patience is '-00:00:01'; it has to be from 00:00:00 to 01:00:00."]);

    [Fact]
    public void AddImageStore_NothingConfigured_KeepsImagesInTheDefaultFolder() =>
        Store([]).Inner.ShouldBeOfType<FileImageStore>().Location.ShouldBe(Path.GetFullPath("default/images"));

    [Fact]
    public void AddImageStore_Path_KeepsImagesThere() =>
        Store(new() { ["Storage:Path"] = "elsewhere" }).Inner.ShouldBeOfType<FileImageStore>().Location.ShouldBe(Path.GetFullPath("elsewhere"));

    [Fact]
    public void AddImageStore_ConnectionString_WinsOverThePath() =>
        Store(new() { ["Storage:Path"] = "elsewhere", ["Storage:Azure:ConnectionString"] = Azurite, ["Storage:Azure:Container"] = "pictures" })
            .Inner.ShouldBeOfType<AzureImageStore>().Location.ShouldBe("http://127.0.0.1:10000/devstoreaccount1/pictures");

    [Fact]
    public async Task AddImageStore_BadOptions_StopTheStart()
    {
        using var host = Host(new() { ["Storage:Azure:Container"] = "NO" });

        (await Should.ThrowAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken)))
            .Message.ShouldContain("Storage:Azure:Container is 'NO'");
    }

    [Fact]
    public async Task AddImageStore_HostStarts_RemovesWhatDeadProcessesLeft()
    {
        var root = Directory.CreateTempSubdirectory("darkroom-images-").FullName;
        try
        {
            var unfinished = Directory.CreateDirectory(Path.Combine(root, ".tmp")).FullName;
            foreach (var name in new[] { "old", "young" }) await File.WriteAllTextAsync(Path.Combine(unfinished, name), name, TestContext.Current.CancellationToken);
            File.SetLastWriteTimeUtc(Path.Combine(unfinished, "old"), DateTime.UtcNow - AbandonedFiles.Age - TimeSpan.FromMinutes(1));
            using var host = Host(new() { ["Storage:Path"] = root });

            await host.StartAsync(TestContext.Current.CancellationToken);
            await host.Services.GetServices<IHostedService>().OfType<AbandonedFiles>().Single().ExecuteTask.ShouldNotBeNull();
            await host.StopAsync(TestContext.Current.CancellationToken);

            Directory.GetFiles(unfinished).Select(Path.GetFileName).ShouldBe(["young"]);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static IEnumerable<string> Problems(StorageOptions options) => new StorageOptionsValidator().Validate(null, options).Failures ?? [];

    private static KeepingImageStore Store(Dictionary<string, string?> settings)
    {
        using var host = Host(settings);
        return host.Services.GetRequiredService<IImageStore>().ShouldBeOfType<KeepingImageStore>();
    }

    private static IHost Host(Dictionary<string, string?> settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddImageStore("default/images", "default/kept");
        return builder.Build();
    }
}
