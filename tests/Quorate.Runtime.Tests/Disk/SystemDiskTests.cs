using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Quorate.EndToEnd.Tests.Harness;
using Quorate.Io;

namespace Quorate.Runtime.Tests.Disk;

/// <summary>The contract of <see cref="IDisk"/>, held by the operating system's files.</summary>
public sealed class SystemDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SystemDisk _disk;

    public SystemDiskTests()
    {
        _disk = new SystemDisk(Path.Combine(_folder.Path, "member", "data"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_in_the_place_of_the_lock_is_called_one()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "LOCK"));

        Should.Throw<IOException>(() => new SystemDisk(folder.Path).Lock("LOCK"))
            .Message.ShouldBe($"cannot lock '{Path.Combine(folder.Path, "LOCK")}': it is a folder, where a file is to be; move it away");
    }

    [Fact]
    public void A_missing_data_folder_is_created_for_its_owner_only()
    {
        Directory.Exists(_disk.Folder).ShouldBeTrue();
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(_disk.Folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_data_folder_that_cannot_be_made_is_told_with_what_is_in_the_way_and_what_would_work()
    {
        string file = Path.Combine(_folder.Path, "file");
        File.WriteAllText(file, "no folder");

        foreach (string path in (string[])[file, Path.Combine(file, "below"), Path.Combine(file, "further", "below")])
        {
            Should.Throw<IOException>(() => new SystemDisk(path)).Message.ShouldBe(
                $"cannot create the folder '{path}': '{file}' is a file; name a folder in which this user may write, or one that can be made");
        }

        if (OperatingSystem.IsLinux())
        {
            Should.Throw<IOException>(() => new SystemDisk("/proc/none/below")).Message.ShouldStartWith(
                "cannot create the folder '/proc/none/below': nothing can be made in '/proc'; name a folder");
            Should.Throw<IOException>(() => new SystemDisk("/proc").Lock("lock")).Message.ShouldContain("in '/proc'; name a folder");
        }
    }

    [Fact]
    public void Bytes_are_read_where_they_were_written()
    {
        using IDiskFile file = _disk.Open("log", DiskFileMode.CreateNew);
        file.Write(0, "hello"u8);
        file.Write(3, "p!"u8);
        file.Flush();
        Read(file, 0, 5).ShouldBe("help!");
        Read(file, 1, 2).ShouldBe("el");
    }

    [Fact]
    public void A_full_disk_is_told_apart_from_one_that_fails()
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // needs a device that is always full
        }

        File.CreateSymbolicLink(Path.Combine(_disk.Folder, "log"), "/dev/full");
        using IDiskFile file = _disk.Open("log", DiskFileMode.ReadWrite);
        string message = Should.Throw<DiskFullException>(() => file.Write(0, "x"u8)).Message;

        message.ShouldBe($"cannot write '{Path.Combine(_disk.Folder, "log")}': there is no room left on the disk, or no quota");
    }

    [Fact]
    public void A_read_ends_at_the_end_of_the_file()
    {
        using IDiskFile file = _disk.Open("log", DiskFileMode.CreateNew);
        file.Write(0, "abc"u8);
        Read(file, 1, 10).ShouldBe("bc");
        Read(file, 3, 10).ShouldBe("");
        Read(file, 99, 10).ShouldBe("");
    }

    [Fact]
    public void A_write_beyond_the_end_leaves_zeros_between()
    {
        using IDiskFile file = _disk.Open("log", DiskFileMode.CreateNew);
        file.Write(2, "x"u8);
        file.Length.ShouldBe(3);
        Read(file, 0, 3).ShouldBe("\0\0x");
    }

    [Fact]
    public void A_length_set_shorter_cuts_and_set_longer_adds_zeros()
    {
        using IDiskFile file = _disk.Open("log", DiskFileMode.CreateNew);
        file.Write(0, "abcdef"u8);
        file.SetLength(2);
        file.Flush();
        file.SetLength(4);
        file.Flush();
        file.Length.ShouldBe(4);
        Read(file, 0, 10).ShouldBe("ab\0\0");
    }

    [Fact]
    public void Create_new_refuses_an_existing_file_and_keeps_it()
    {
        Put("log", "old");
        Should.Throw<IOException>(() => _disk.Open("log", DiskFileMode.CreateNew)).Message.ShouldContain("cannot create '");
        Get("log").ShouldBe("old");
    }

    [Fact]
    public void Create_empties_an_existing_file()
    {
        Put("log", "old");
        using IDiskFile file = _disk.Open("log", DiskFileMode.Create);
        file.Length.ShouldBe(0);
    }

    [Theory]
    [InlineData(DiskFileMode.Read)]
    [InlineData(DiskFileMode.ReadWrite)]
    [InlineData(DiskFileMode.Overwrite)]
    public void Opening_a_missing_file_names_it_and_the_operation(DiskFileMode mode)
    {
        IOException error = Should.Throw<IOException>(() => _disk.Open("missing", mode));
        error.Message.ShouldStartWith($"cannot open '{Path.Combine(_disk.Folder, "missing")}'");
        _disk.FileExists("missing").ShouldBeFalse();
    }

    [Fact]
    public void A_file_opened_for_reading_cannot_be_written_and_the_error_names_it()
    {
        Put("log", "old");
        using IDiskFile file = _disk.Open("log", DiskFileMode.Read);
        Should.Throw<IOException>(() => file.Write(0, "new"u8)).Message.ShouldStartWith("cannot write '");
        Get("log").ShouldBe("old");
    }

    /// <summary>Whatever the memory and the file system: what can't go past the system's cache goes through it.</summary>
    [Theory]
    [InlineData(0, 512, 1024)]
    [InlineData(0, 4096, 8192)]
    [InlineData(8, 512, 1024)]
    [InlineData(0, 100, 300)]
    public void Overwritten_bytes_are_read_where_they_were_written(int start, int offset, int count)
    {
        using (IDiskFile file = _disk.Open("log", DiskFileMode.CreateNew))
        {
            file.Write(0, new byte[64 << 10]);
            file.Flush();
        }

        byte[] memory = GC.AllocateArray<byte>(32 << 10, pinned: true);
        int aligned = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0) & 4095);
        Random.Shared.NextBytes(memory);
        Span<byte> bytes = memory.AsSpan(aligned + start, count);
        using (IDiskFile file = _disk.Open("log", DiskFileMode.Overwrite))
        {
            file.Write(offset, bytes);
            file.Flush();
            Bytes(file, offset, count).ShouldBe(bytes.ToArray());
            file.Length.ShouldBe(64 << 10);
        }

        using IDiskFile again = _disk.Open("log", DiskFileMode.Read);
        Bytes(again, offset, count).ShouldBe(bytes.ToArray());
        Bytes(again, offset + count, 512).ShouldBe(new byte[512], "nothing else has changed");
        Bytes(again, 0, offset).ShouldBe(new byte[offset], "nothing else has changed");
    }

    /// <summary>The system drops what its cache has of the blocks that a direct write replaces, and takes nothing in for it.</summary>
    [Fact]
    public void Overwritten_blocks_are_not_in_the_cache_where_the_file_system_can_do_without()
    {
        const int Length = 64 << 10;
        string path = Path.Combine(_folder.Path, "member", "data", "log");
        using (IDiskFile created = _disk.Open("log", DiskFileMode.CreateNew))
        {
            created.Write(0, new byte[Length]);
            created.Flush();
        }

        using (SafeFileHandle? direct = OperatingSystem.IsLinux() ? NativeFile.TryOpenDirect(path) : null)
        {
            if (direct is null)
            {
                return; // every file system that must cache: the bytes are the other test's
            }
        }

        byte[] memory = GC.AllocateArray<byte>(Length + 4096, pinned: true);
        int aligned = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0) & 4095);
        using IDiskFile file = _disk.Open("log", DiskFileMode.Overwrite);
        CachedPages.Count(path, Length).ShouldBePositive();
        file.Write(0, memory.AsSpan(aligned, Length));
        file.Flush();
        CachedPages.Count(path, Length).ShouldBe(0);
    }

    [Fact]
    public void A_write_beyond_what_the_disk_can_hold_fails_also_past_the_cache()
    {
        Put("log", "x");
        byte[] memory = GC.AllocateArray<byte>(8192, pinned: true);
        int aligned = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0) & 4095);
        using IDiskFile file = _disk.Open("log", DiskFileMode.Overwrite);
        Should.Throw<IOException>(() => file.Write(1L << 62, memory.AsSpan(aligned, 512))).Message.ShouldStartWith("cannot write '");
    }

    [Fact]
    public void Reads_and_flushes_of_a_closed_file_fail_as_input_output_errors()
    {
        IDiskFile file = _disk.Open("log", DiskFileMode.CreateNew);
        file.Dispose();
        Should.Throw<IOException>(() => file.Read(0, new byte[1])).Message.ShouldStartWith("cannot read '");
        Should.Throw<IOException>(() => file.Flush()).Message.ShouldStartWith("cannot flush '");
    }

    [Fact]
    public void Files_are_listed_by_name_in_ordinal_order_without_folders()
    {
        _disk.CreateFolder("snapshots");
        _disk.CreateFolder("snapshots");
        foreach (string name in new[] { "b", "a", "B", "10", "9" })
        {
            Put($"snapshots/{name}", name);
        }

        _disk.CreateFolder("snapshots/inner");
        _disk.ListFiles("snapshots").ShouldBe(["10", "9", "B", "a", "b"]);
        _disk.ListFiles("").ShouldBeEmpty();
        _disk.ListFiles("nowhere").ShouldBeEmpty();
    }

    [Fact]
    public void A_rename_replaces_the_file_of_the_new_name()
    {
        Put("new.tmp", "new");
        Put("kept", "old");
        _disk.Rename("new.tmp", "kept");
        _disk.FlushFolder("");
        Get("kept").ShouldBe("new");
        _disk.FileExists("new.tmp").ShouldBeFalse();
    }

    [Fact]
    public void A_file_may_be_renamed_and_deleted_while_it_is_open()
    {
        using IDiskFile file = _disk.Open("segment", DiskFileMode.CreateNew);
        _disk.Rename("segment", "spare");
        file.Write(0, "x"u8);
        Get("spare").ShouldBe("x");
        _disk.Delete("spare");
        _disk.FileExists("spare").ShouldBeFalse();
    }

    [Fact]
    public void Deleting_what_is_not_there_does_nothing()
    {
        _disk.Delete("missing");
        _disk.Delete("nowhere/missing");
    }

    [Fact]
    public void Renaming_or_flushing_what_is_not_there_is_an_error()
    {
        Should.Throw<IOException>(() => _disk.Rename("missing", "other")).Message.ShouldContain("missing");
        if (!OperatingSystem.IsWindows())
        {
            Should.Throw<IOException>(() => _disk.FlushFolder("nowhere")).Message.ShouldStartWith("cannot flush the folder '");
        }
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("./a")]
    [InlineData("a\\b")]
    [InlineData("c:a")]
    [InlineData("")]
    public void A_path_that_could_leave_the_data_folder_is_refused(string path)
    {
        Should.Throw<ArgumentException>(() => _disk.Open(path, DiskFileMode.Create));
        Should.Throw<ArgumentException>(() => _disk.Delete(path));
        Should.Throw<ArgumentException>(() => _disk.Rename("a", path));
    }

    [Fact]
    public void A_lock_is_refused_while_it_is_held_and_given_afterwards()
    {
        var other = new SystemDisk(_disk.Folder);
        using (_disk.Lock("lock"))
        {
            DiskLockedException error = Should.Throw<DiskLockedException>(() => other.Lock("lock"));
            error.Path.ShouldBe(Path.Combine(_disk.Folder, "lock"));
        }

        other.Lock("lock").Dispose();
    }

    private static string Read(IDiskFile file, long offset, int length) =>
        Encoding.ASCII.GetString(Bytes(file, offset, length));

    private static byte[] Bytes(IDiskFile file, long offset, int length)
    {
        byte[] bytes = new byte[length];
        return bytes[..file.Read(offset, bytes)];
    }

    private void Put(string path, string text)
    {
        using IDiskFile file = _disk.Open(path, DiskFileMode.Create);
        file.Write(0, Encoding.ASCII.GetBytes(text));
    }

    private string Get(string path)
    {
        using IDiskFile file = _disk.Open(path, DiskFileMode.Read);
        return Read(file, 0, (int)file.Length);
    }
}
