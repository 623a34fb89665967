# fish completion for leasectl(1)

# leasectl itself tells what may follow: a line for each word, with a tab and its help after it. A line that begins with the tab
# stands for the names of files.
function __leasectl_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in (leasectl __complete $words[2..] "$current" 2>/dev/null)
        if string match -q -- \t'*' $line
            set -l option (string match -r -- '^--[a-z-]+=' "$current")
            for file in (__fish_complete_path (string replace -r -- '^--[a-z-]+=' '' "$current"))
                echo "$option$file"
            end
        else
            echo $line
        end
    end
end

complete -c leasectl -f -a '(__leasectl_complete)'
