using Darkroom.Jobs.Scratch;

namespace Darkroom.Jobs.Tests.Scratch;

public sealed class ScratchFileTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_WhileOpen_HasNoNameThatAKilledProcessCouldLeave()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows keeps the name, and removes it with the last handle.");
        await using var file = ScratchFile.Create();

        File.Exists(file.Name).ShouldBeFalse();
        await file.WriteAsync("abc"u8.ToArray(), Cancel);
        file.Position = 0;
        using var reader = new StreamReader(file, leaveOpen: true);
        (await reader.ReadToEndAsync(Cancel)).ShouldBe("abc");
    }

    [Fact]
    public async Task Create_WithAPath_CanBeOpenedByItAndHasNoNameEither()
    {
        var file = ScratchFile.Create(out var path);
        await using (file)
        {
            await file.WriteAsync("abc"u8.ToArray(), Cancel);

            // The length, too, is the file's, and reading it twice begins twice at its start.
            (await File.ReadAllTextAsync(path, Cancel)).ShouldBe("abc");
            (await File.ReadAllTextAsync(path, Cancel)).ShouldBe("abc");
            file.Position.ShouldBe(3, "readers by the path have a position of their own");
            if (OperatingSystem.IsLinux()) File.Exists(file.Name).ShouldBeFalse();
        }

        File.Exists(file.Name).ShouldBeFalse();
    }

    [Fact]
    public async Task Create_ByTwo_AreTwoFilesThatTheirOwnerAloneReads()
    {
        await using var one = ScratchFile.Create(bufferSize: 0);
        await using var two = ScratchFile.Create(bufferSize: 0);
        await one.WriteAsync("one"u8.ToArray(), Cancel);

        two.Length.ShouldBe(0);
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(one.SafeFileHandle).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
