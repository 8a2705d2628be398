using Darkroom.Jobs.Outputs;

namespace Darkroom.Storage.Images;

/// <summary>Writes an attempt's images under names of their own, then claims the place and renames them into it.</summary>
internal sealed class FileImageSink(FileTree tree, AttemptPlace place) : ImageSink<FileImageStream>(place)
{
    private readonly AttemptPlace _place = place;

    protected override FileImageStream Create(int index, string path) => FileTree.Guard(path, () =>
    {
        var name = tree.NewUnfinished();
        return new FileImageStream(tree, index, path, name, tree.Create(name));
    });

    protected override Task<IReadOnlyList<StoredImage>> StoreAsync(OutputMetadata metadata, IReadOnlyList<FileImageStream> images, CancellationToken cancellationToken)
    {
        var first = _place.PathOf(0);
        return tree.RunFlushingAsync(() => FileTree.Guard(first, () =>
        {
            var written = images.Select(image => image.Describe()).ToArray();
            foreach (var image in images) image.Finish();
            var record = new FileRecord(metadata.AttemptId, metadata.RequestId, metadata.UsageJson, written);
            return TryClaim(first, record) ? MoveAll(record, images) : Replay(first, record, images);
        }), cancellationToken);
    }

    private bool TryClaim(string first, FileRecord record)
    {
        var name = tree.NewUnfinished();
        var claimed = false;
        try
        {
            using (var handle = tree.Create(name))
            {
                RandomAccess.Write(handle, record.ToBytes(), 0);
                if (tree.Durable) RandomAccess.FlushToDisk(handle);
            }

            claimed = tree.TryMove(name, tree.RecordAt(first));
        }
        finally
        {
            if (!claimed) tree.Abandon(name);
        }

        tree.FlushFolderOf(tree.RecordAt(first));
        return claimed;
    }

    private IReadOnlyList<StoredImage> MoveAll(FileRecord record, IReadOnlyList<FileImageStream> images)
    {
        for (var index = images.Count - 1; index >= 0; index--)
            if (!images[index].TryMove()) throw Taken(images[index].ImagePath, owner: null);
        tree.FlushFolderOf(tree.ImageAt(images[0].ImagePath));
        return record.Images;
    }

    // The claim was there: an earlier try of this attempt got as far as that, or the place is another's.
    private IReadOnlyList<StoredImage> Replay(string first, FileRecord mine, IReadOnlyList<FileImageStream> images)
    {
        var found = FileRecord.Read(tree.RecordAt(first));
        if (found?.AttemptId != mine.AttemptId) throw Taken(first, found?.AttemptId);
        for (var index = found.Images.Count - 1; index >= 0; index--)
        {
            var image = found.Images[index];
            if (FileRecord.Holds(tree.ImageAt(image.Path), image)) continue;
            var canFill = index < images.Count && mine.Images[index] == image && images[index].TryMove();
            // Two commits of the same attempt may be at it together: what the other has moved meanwhile counts as well.
            if (!canFill && !FileRecord.Holds(tree.ImageAt(image.Path), image))
                throw new ImageStoreException($"{image.Path} isn't what attempt {mine.AttemptId} stored there before, and can't be replaced.");
        }

        tree.FlushFolderOf(tree.ImageAt(first));
        return found.Images;
    }
}
