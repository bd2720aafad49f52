# Pictures

## In a form

pictures-add = Add pictures (optional)
pictures-why = Describe what each picture shows. Who can't see well has the description read aloud and then knows what it is about too. We take out what the file tells besides, such as the place where a photo was taken.
picture-number = Picture { $n }
picture-file = Choose a picture
    .hint = JPEG, PNG, WebP or GIF, up to 10 MB.
picture-other = Choose another picture
    .hint = Only if you want to replace this one.
picture-alt = Description
    .hint = What do you see, and what does that make clear here? Is there text in it? Repeat it.
picture-decorative = Decoration only: without this picture nobody misses anything
picture-drop = Take this picture away
picture-too-large = Picture { $n }: the file is larger than 10 MB. Make the picture smaller or choose another one.
picture-unknown = Picture { $n }: this file is no JPEG, PNG, WebP or GIF. Choose another file, or take a screenshot of it first.
picture-pixels = Picture { $n }: the picture has too many pixels (more than 40 million). Make the picture smaller or choose another one.
picture-broken = Picture { $n }: the file is damaged or not complete. Choose it again, or choose another file.
picture-missing = Picture { $n }: you wrote a description but chose no file. Choose a file or empty the description.
picture-gone = Picture { $n } is not kept any more. Choose the file again.
picture-alt-missing = Describe picture { $n }, so that who can't see it can take part too. Is it decoration only? Then tick that.
picture-alt-long = The description of picture { $n } is too long. Use no more than 1500 characters; put the rest into your text.
pictures-lost = We could not keep the files that you had chosen. What you wrote is still here. Add the pictures later with "Edit".
picture-larger = Picture without a description: see it larger

## Photo, picture of a group, logo

picture-choose = Choose a picture
    .hint = JPEG, PNG, WebP or GIF, up to 10 MB.
picture-none = Choose a file first.
photo-title = Your photo
photo-lead = Your photo stands beside what you write. Others see sooner whom they are talking to. We show a square from the middle.
photo-now = Your photo as it is now
photo-remove = Take the photo away
photo-remove-sure = Your initials then stand beside your name again.
photo-change = Choose or change your photo
group-picture-title = Picture of the group
group-picture-lead = The picture stands with the name of the group. We show a square from the middle.
group-picture-now = The picture as it is now
group-picture-remove = Take the picture away
group-picture-remove-sure = The group then has no picture any more.
group-picture-change = Choose or change the picture of the group
logo-title = Logo of this site
logo-lead = The logo stands at the top of every page, beside the name. A simple logo with a transparent background works best, also on a dark background.
logo-now = The logo as it is now
logo-remove = Take the logo away
logo-remove-sure = The mark of Meent then stands at the top of every page again.
logo-change = Choose or change the logo
flash-picture-saved = Saved. The new picture is there to see.
flash-picture-removed = The picture has been taken away.
flash-logo-saved = Saved. The logo stands at the top of every page.
flash-logo-removed = The logo has been taken away.
