using Quorate.Server.Import;

namespace Quorate.Server.Tests.Import;

public sealed class AsideFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("quorate-aside-");

    private string Target => Path.Combine(_folder.FullName, "out.txt");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_file_has_its_old_content_until_the_new_one_is_whole()
    {
        await File.WriteAllTextAsync(Target, "old");
        await using (AsideFile file = AsideFile.Create(Target))
        {
            await file.Stream.WriteAsync("new"u8.ToArray());
            await file.Stream.FlushAsync();
            (await File.ReadAllTextAsync(Target)).ShouldBe("old");

            await file.CompleteAsync(CancellationToken.None);
        }

        (await File.ReadAllTextAsync(Target)).ShouldBe("new");
        _folder.GetFiles().Length.ShouldBe(1, "nothing is left aside");
    }

    [Fact]
    public async Task What_is_not_completed_leaves_nothing()
    {
        await using (AsideFile file = AsideFile.Create(Target))
        {
            await file.Stream.WriteAsync("half"u8.ToArray());
        }

        _folder.GetFiles().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_killed_process_left_aside_is_no_obstacle()
    {
        await File.WriteAllTextAsync(AsideFile.PathAsideOf(Target), "half of something that was longer");
        await using (AsideFile file = AsideFile.Create(Target))
        {
            await file.Stream.WriteAsync("whole"u8.ToArray());
            await file.CompleteAsync(CancellationToken.None);
        }

        (await File.ReadAllTextAsync(Target)).ShouldBe("whole");
    }

    [Fact]
    public async Task Two_cannot_write_one_file_at_once()
    {
        await using AsideFile first = AsideFile.Create(Target);
        Should.Throw<IOException>(() => AsideFile.Create(Target));
    }

    [Fact]
    public void What_cannot_be_written_is_named_as_it_was_asked_for()
    {
        string below = Path.Combine(_folder.FullName, "missing", "out.txt");
        Should.Throw<IOException>(() => AsideFile.Create(below)).Message
            .ShouldBe($"'{below}' cannot be written: there is no folder '{Path.GetDirectoryName(below)}'");

        Should.Throw<IOException>(() => AsideFile.Create(_folder.FullName)).Message.ShouldBe($"'{_folder.FullName}' is a folder, not a file");
        _folder.GetFiles().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_link_is_followed_and_stays_a_link()
    {
        string link = Path.Combine(_folder.FullName, "link.txt");
        await File.WriteAllTextAsync(Target, "old");
        File.CreateSymbolicLink(link, Target);
        await using (AsideFile file = AsideFile.Create(link))
        {
            await file.Stream.WriteAsync("new"u8.ToArray());
            await file.CompleteAsync(CancellationToken.None);
        }

        (await File.ReadAllTextAsync(Target)).ShouldBe("new");
        File.ResolveLinkTarget(link, returnFinalTarget: false).ShouldNotBeNull();
    }
}
